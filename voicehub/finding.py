"""What the search finds beside the apps' records: pages of the menu, people, and what admins do."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub import dashboard
from voicehub.common import finding
from voicehub.common.finding import Hit
from voicehub.common.runs.kinds import kinds_for
from voicehub.sync.clock import database_now
from voicehub.sync.models import Lane


@finding.finds(gettext_lazy("Pages"), "web")
def pages(request: HttpRequest, typed: str) -> Iterator[Hit]:
    """The pages of the menu, by their names or that of their group."""
    yield from (hit for hit in _standing_pages() if finding.fits(typed, hit.title))
    for group in dashboard.navigation(request):
        for item in group["items"]:
            if finding.fits(typed, f"{item['title']} {group['title']}"):
                yield Hit(item["title"], item["link"], group["title"])


def _standing_pages() -> list[Hit]:
    return [
        Hit(_("Overview"), reverse("admin:index")),
        Hit(_("My profile"), reverse("admin:profile")),
        Hit(_("Change password"), reverse("admin:password_change")),
    ]


@finding.acts
def runs_from_a_file(request: HttpRequest) -> Iterator[Hit]:
    for kind in kinds_for(request.user):
        yield Hit(kind.label, reverse("admin:common_run_new", args=[kind.slug]))


@finding.acts
def stop_switches(request: HttpRequest) -> Iterator[Hit]:
    """To the page that asks first."""
    if not request.user.has_perm("sync.use_stop_switch"):
        return
    now = database_now()
    for lane in Lane.objects.order_by("provider"):
        if lane.is_stopped(now):
            title, page = _("Release %(provider)s"), "release"
        else:
            title, page = _("Stop %(provider)s"), "stop"
        yield Hit(title % {"provider": lane}, reverse(f"admin:sync_lane_{page}", args=[lane.pk]))


finding.records(
    "common.user",
    "group",
    "username__istartswith",
    "first_name__istartswith",
    "last_name__istartswith",
    "email__istartswith",
    text=lambda person: person.get_username(),
    rank=1,
)
finding.action(gettext_lazy("Add a person"), "common_user_add", "common.manage_people")
finding.action(
    gettext_lazy("Add a number to the do-not-call list"), "common_donotcallnumber_add", "common.add_donotcallnumber"
)
