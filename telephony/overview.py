"""What the first page shows of telephony: calls that came in, and calls and texts that went out, by day."""

from collections.abc import Iterable

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from telephony.models import HotlineCall, NotificationCall, SmsMessage
from telephony.models.outgoing import Outgoing
from voicehub.common import figures
from voicehub.common.figures import Figures, Series

State = Outgoing.State
NOT_ACCEPTED = (State.REFUSED, State.FAILED, State.EXPIRED)


@figures.shown
def hotline_calls(request: HttpRequest) -> Iterable[Figures]:
    if request.user.has_perm("telephony.view_hotlinecall"):
        url = reverse("admin:telephony_hotlinecall_changelist")
        series = [Series(_("Calls"), HotlineCall.objects.all(), "first_at")]
        yield Figures(_("Calls to hotlines a day"), series, url=url)


@figures.shown
def calls_and_texts(request: HttpRequest) -> Iterable[Figures]:
    models = [
        model
        for model in (NotificationCall, SmsMessage)
        if request.user.has_perm(f"telephony.view_{model._meta.model_name}")
    ]
    if models:
        series = [one for model in models for one in _results(model)]
        url = reverse(f"admin:telephony_{models[0]._meta.model_name}_changelist")
        yield Figures(_("Calls and texts to people a day"), series, url=url)


def _results(model: type[Outgoing]) -> Iterable[Series]:
    # The state is looked at within the count, so that the index of the date serves.
    rows, words = model._base_manager.all(), {"what": capfirst(model._meta.verbose_name_plural)}
    accepted, not_accepted = (Count("pk", filter=Q(state__in=states)) for states in ([State.DONE], NOT_ACCEPTED))
    yield Series(_("%(what)s: accepted") % words, rows, "created_at", accepted)
    yield Series(_("%(what)s: not accepted") % words, rows, "created_at", not_accepted)
