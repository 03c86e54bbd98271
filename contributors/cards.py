"""What the first page says about payments and contributors to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors import services
from contributors.models import Transaction
from contributors.views.access import CONNECT, PULL, SETTLE, visible_payments
from contributors.views.people import last_pull
from voicehub.common import cards
from voicehub.common.cards import Card
from voicehub.sync.models import JobState


@cards.shown
def uncertain_payments(request: HttpRequest) -> Iterable[Card]:
    """To those who settle, and to those whose payments they are."""
    uncertain = visible_payments(request.user).filter(state=Transaction.State.UNCERTAIN)
    count = uncertain.count() if request.user.has_perm("contributors.view_transaction") else 0
    if count:
        words = ngettext("%(count)d payment is uncertain", "%(count)d payments are uncertain", count)
        yield Card(
            words % {"count": count},
            _next_step(request),
            url=reverse("admin:contributors_transaction_changelist", query={"state": "uncertain"}),
            link=_("Show them"),
            level="warning",
        )


@cards.shown
def account_needed(request: HttpRequest) -> Iterable[Card]:
    if not request.user.has_perm(CONNECT):
        return
    try:
        services.usable_connection(request.user)
    except services.NotConnectedError as error:
        url = reverse("admin:contributors_contributor_account")
        yield Card(_("Nobody can be paid"), str(error), url=url, link=_("OutVoice account"), level="error")


@cards.shown
def question_about_the_list(request: HttpRequest) -> Iterable[Card]:
    job = last_pull(request.user) if request.user.has_perm(PULL) else None
    if job and job.state == JobState.HELD:
        url = reverse("admin:contributors_contributor_question")
        yield Card(_("Are these contributors gone?"), job.hold_reason, url=url, link=_("Answer"), level="warning")


def _next_step(request: HttpRequest) -> str:
    if request.user.has_perm(SETTLE):
        return _("They may have been paid. Look in OutVoice and settle them.")
    return _("They may have been paid: do not pay them again. Staff look in OutVoice and settle them.")
