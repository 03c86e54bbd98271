"""Runs that are at work, for the first page."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _

from voicehub.common import running
from voicehub.common.admin.runs import visible
from voicehub.common.models import Run, RunRow
from voicehub.common.running import Work
from voicehub.common.runs.outcomes import NAMES

AHEAD = (RunRow.State.NEW, RunRow.State.WAITING)


@running.shown
def runs(request: HttpRequest) -> Iterable[Work]:
    if request.user.has_perm("common.view_run"):
        lines = RunRow.objects.filter(run=OuterRef("pk")).order_by().values("run")
        yield Work(
            _("Files and bulk actions"),
            visible(request.user).filter(state__in=Run.AT_WORK),
            title="title",
            states=NAMES,
            done=Subquery(lines.exclude(state__in=AHEAD).annotate(number=Count("pk")).values("number")),
            total=Subquery(lines.annotate(number=Count("pk")).values("number")),
        )
