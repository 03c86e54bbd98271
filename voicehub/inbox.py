"""What the first page says about providers and mail to those who can set it right."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voicehub.common import inbox, mail
from voicehub.common.inbox import Item
from voicehub.sync.admin.conditions import of_lane, spoken
from voicehub.sync.clock import database_now
from voicehub.sync.models import Lane


@inbox.shown
def stopped_providers(request: HttpRequest) -> Iterable[Item]:
    if not request.user.has_perm("sync.use_stop_switch"):
        return
    now = database_now()
    for lane in Lane.objects.select_related("stopped_by"):
        condition = of_lane(lane, now)
        if not condition.is_open:
            title = _("%(provider)s: nothing new is sent") % {"provider": lane}
            url = reverse("admin:sync_lane_change", args=[lane.pk])
            yield Item(title, condition.why, url=url, link=_("See to it"), level="error")


@inbox.shown
def failing_mail(request: HttpRequest) -> Iterable[Item]:
    trouble = mail.trouble() if request.user.has_perm("common.manage_people") else None
    if trouble:
        words = {"since": spoken(trouble.failing_since), "next": spoken(trouble.next_try_at), "why": trouble.reason}
        yield Item(
            _("E-mails are not going out"),
            _("%(why)s Failing since %(since)s, next try %(next)s. Notices in VoiceHub are not affected.") % words,
            url=reverse("admin:common_notice_changelist"),
            link=_("Notices"),
            level="error",
        )
