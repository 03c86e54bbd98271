"""What the first page says about payments and contributors to those who can do something about it."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from contributors import services
from contributors.attention import CONFLICT, EXPIRED, HELD, MISMATCH, NEEDS, REFUSED, UNCERTAIN, needing
from contributors.views.access import CONNECT, PAY, PULL, SETTLE, VIEW, visible_payments
from contributors.views.people import pulls_of
from voicehub.common import inbox
from voicehub.common.inbox import Item
from voicehub.sync.models import JobState
from voicehub.sync.models.job import QUEUED

ERRORS = (UNCERTAIN, CONFLICT, MISMATCH)


@inbox.shown
def payments(request: HttpRequest) -> Iterable[Item]:
    """To those who settle, and to those whose payments they are."""
    if not request.user.has_perm(VIEW):
        return
    for need, title in NEEDS.items():
        yield Item(
            title,
            _next_step(need, request),
            url=reverse("admin:contributors_transaction_changelist", query={"needs": need}),
            link=_("Show them"),
            level="error" if need in ERRORS else "warning",
            count=needing(visible_payments(request.user), need),
        )


@inbox.shown
def approvals(request: HttpRequest) -> Iterable[Item]:
    yield Item(
        _("Waiting for your approval"),
        url=reverse("admin:contributors_transaction_approvals"),
        link=_("Approve or decline"),
        level="warning",
        count=services.open_approvals(request.user),
    )


@inbox.shown
def account_needed(request: HttpRequest) -> Iterable[Item]:
    """The installation's account to those who connect it, one's own to its owner."""
    person: Any = request.user
    accounts = services.connected_accounts()
    if person.has_perm(PAY):
        yield Item(
            _("Your OutVoice account"),
            url=reverse("admin:contributors_contributor_own_account"),
            link=_("Sign in again"),
            level="error",
            only_if=accounts.filter(owner=person).exclude(stopped_reason=""),
            text_from="stopped_reason",
        )
    if person.has_perm(CONNECT):
        installation, page = accounts.filter(owner=None), reverse("admin:contributors_contributor_account")
        about: Any = {"url": page, "link": _("OutVoice account"), "level": "error"}
        stopped = installation.exclude(stopped_reason="")
        yield Item(_("Nobody can be paid"), _("No OutVoice account is connected."), unless=installation, **about)
        yield Item(_("Nobody can be paid"), only_if=stopped, text_from="stopped_reason", **about)


@inbox.shown
def question_about_the_list(request: HttpRequest) -> Iterable[Item]:
    if request.user.has_perm(PULL):
        yield Item(
            _("Are these contributors gone?"),
            url=reverse("admin:contributors_contributor_question"),
            link=_("Answer"),
            level="warning",
            only_if=pulls_of(services.current_connections(request.user)).filter(
                state=JobState.HELD, state__in=QUEUED
            ),
            text_from="hold_reason",
        )


def _next_step(need: str, request: HttpRequest) -> str:
    if need == UNCERTAIN and not request.user.has_perm(SETTLE):
        return _("They may have been paid: do not pay them again. Staff look in OutVoice and settle them.")
    if need in (REFUSED, EXPIRED) and not request.user.has_perm(PAY):
        return _("They were not paid. Whoever asked for them can pay them again or say that they are not wanted.")
    return {
        UNCERTAIN: _("They may have been paid. Look in OutVoice and settle them."),
        CONFLICT: _("Look in OutVoice again, and correct what was settled."),
        MISMATCH: _("Compare the receipt with OutVoice, then say that it was looked at."),
        HELD: _("Read why, then release or cancel them."),
        REFUSED: _("They were not paid. Pay them again, or say that it is not wanted any more."),
        EXPIRED: _("They were not sent. Pay them again, or say that it is not wanted any more."),
    }[need]
