"""What the first page says about providers and mail to those who can set it right."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voicehub.common import inbox, mail
from voicehub.common.inbox import Item
from voicehub.common.models import MailTrouble, Run
from voicehub.lights import lanes_for
from voicehub.sync.admin.conditions import of_lane, spoken
from voicehub.sync.handlers import OnceOnlyHandler
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.registry import handlers

OUTVOICE = "outvoice"


@inbox.shown
def stopped_providers(request: HttpRequest) -> Iterable[Item]:
    if not request.user.has_perm("sync.use_stop_switch"):
        return
    for lane in lanes_for(request):
        condition = of_lane(lane, lane.as_of)
        if not condition.is_open:
            title = _("%(provider)s: nothing new is sent") % {"provider": lane}
            url = reverse("admin:sync_lane_change", args=[lane.pk])
            yield Item(title, condition.why, url=url, link=_("See to it"), level="error")


@inbox.shown
def stopped_accounts(request: HttpRequest) -> Iterable[Item]:
    """Accounts of the installation; OutVoice's are told of by its own app, which has a page to sign in."""
    if request.user.has_perm("sync.connect_account"):
        stopped = Connection.objects.filter(owner=None, disconnected_at=None).exclude(stopped_reason="")
        yield Item(
            _("An account at a provider has stopped"),
            url=reverse("admin:sync_connection_changelist"),
            link=_("See to it"),
            level="error",
            only_if=stopped.exclude(provider=OUTVOICE),
            text_from="stopped_reason",
        )


@inbox.shown
def contradicted_settlements(request: HttpRequest) -> Iterable[Item]:
    """Of everything that is sent once; payments have an item and a list of their own."""
    models = [
        handler.model._meta
        for handler in handlers()
        if isinstance(handler, OnceOnlyHandler) and handler.provider != OUTVOICE
    ]
    mine = [meta for meta in models if request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}")]
    if mine and request.user.has_perm("sync.view_syncjob"):
        labels = [meta.label_lower for meta in mine]
        yield Item(
            _("Late answers that contradict what was settled"),
            _("Look at the provider again, and correct what was settled."),
            url=reverse(
                "admin:sync_syncjob_changelist", query={"has_conflict__exact": 1, "model__in": ",".join(labels)}
            ),
            link=_("Show them"),
            level="error",
            count=SyncJob.objects.filter(has_conflict=True, model__in=labels),
        )


@inbox.shown
def runs_that_wait(request: HttpRequest) -> Iterable[Item]:
    """Files and bulk actions of this person that were checked and not started yet."""
    person: Any = request.user
    if person.has_perm("common.view_run"):
        yield Item(
            _("Files and bulk actions that wait for your look"),
            _("They were checked, and nothing was done yet. Start them, or throw them away."),
            url=reverse(
                "admin:common_run_changelist",
                query={"state__exact": Run.State.READY, "requested_by__id__exact": request.user.pk},
            ),
            link=_("Show them"),
            count=Run.objects.filter(requested_by=person, state=Run.State.READY),
        )


@inbox.shown
def failing_mail(request: HttpRequest) -> Iterable[Item]:
    if request.user.has_perm("common.manage_people"):
        yield Item(
            _("E-mails are not going out"),
            url=reverse("admin:common_notice_changelist"),
            link=_("Notices"),
            level="error",
            only_if=MailTrouble.objects.all(),
            find_text=_why_mail_fails,
        )


def _why_mail_fails() -> str:
    trouble = mail.trouble()
    if trouble is None:
        return ""
    words = {"since": spoken(trouble.failing_since), "next": spoken(trouble.next_try_at), "why": trouble.reason}
    return _("%(why)s Failing since %(since)s, next try %(next)s. Notices in VoiceHub are not affected.") % words
