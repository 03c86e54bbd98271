"""What the first page shows of the engine: how much did not get through to the providers, by day."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voicehub.common import figures
from voicehub.common.figures import Figures, Series
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.models.job import NOT_DONE


@figures.shown
def failures(request: HttpRequest) -> Iterable[Figures]:
    if request.user.has_perm("sync.view_syncjob"):
        series = [
            Series(JobState(state).label, SyncJob.objects.filter(state=state), "finished_at") for state in NOT_DONE
        ]
        yield Figures(_("Jobs that failed a day"), series, url=reverse("admin:sync_syncjob_changelist"), rank=1)
