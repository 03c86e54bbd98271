"""What the first page shows of campaigns: those that are live, and how many calls ended how on the last days."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.admin.states import OF_CAMPAIGN
from campaigns.models import Campaign, HourlyTally, Recipient, Tally
from campaigns.voiceshot import Ending
from voicehub.common import figures, running
from voicehub.common.figures import Figures, Series
from voicehub.common.running import Work

VIEW = "campaigns.view_campaign"


@running.shown
def campaigns(request: HttpRequest) -> Iterable[Work]:
    if request.user.has_perm(VIEW):
        tallies = Tally.objects.filter(campaign=OuterRef("pk"))
        yield Work(
            _("Campaign"),
            Campaign.objects.filter(state__in=Campaign.LIVE),
            title="name",
            states=OF_CAMPAIGN,
            done=_sum(tallies.exclude(state__in=Recipient.OPEN)),
            total=_sum(tallies),
        )


@figures.shown
def calls(request: HttpRequest) -> Iterable[Figures]:
    if request.user.has_perm(VIEW):
        series = [_ended(ending) for ending in Ending]
        yield Figures(_("Calls of campaigns a day"), series, url=reverse("admin:campaigns_campaign_changelist"))


def _ended(ending: Ending) -> Series:
    rows = HourlyTally.objects.filter(state=ending.value)
    return Series(Recipient.State(ending).label, rows, "hour", measure=Sum("count"))


def _sum(tallies: QuerySet) -> Subquery:
    return Subquery(tallies.order_by().values("campaign").annotate(number=Sum("count")).values("number"))
