"""The first page: what needs this person, what goes on, how the providers are doing, and charts of the last days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from voicehub.common import figures, inbox, notices, running
from voicehub.common.counting import Counts
from voicehub.dashboard import NEWEST_NOTICES
from voicehub.lights import lights_for
from voicehub.sync.admin.following import mark_of, part

NEW_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Step:
    """Something to begin with, for those who hold a permission (empty: for everybody)."""

    permission: str
    url_name: str
    title: Any
    text: Any


STEPS = (
    Step("", "profile", _("See to your profile"), _("Your time zone, and whether notices come by e-mail.")),
    Step(
        "sync.connect_account",
        "sync_lane_changelist",
        _("Look at the providers"),
        _("Which of them are connected, and what each is doing."),
    ),
    Step(
        "contributors.approve_transaction",
        "contributors_transaction_approvals",
        _("Look at what waits for approval"),
        _("Large payments go out once somebody else has approved them."),
    ),
    Step(
        "contributors.pay_transaction",
        "contributors_transaction_pay",
        _("Pay somebody"),
        _("You see what will happen before anything does, and can take it back for some seconds."),
    ),
    Step(
        "otp.add_otpapp",
        "otp_otpapp_add",
        _("Make an OTP app"),
        _("Its message is looked over while you type, and a test code shows on a phone what comes of it."),
    ),
    Step(
        "telephony.add_hotline",
        "telephony_hotline_add",
        _("Make a hotline"),
        _("Its rules answer live calls; phone it in the browser before a caller does."),
    ),
    Step(
        "campaigns.add_campaign",
        "campaigns_campaign_add",
        _("Prepare a campaign"),
        _("Nobody is called before you have seen the check and started it."),
    ),
)


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows to this person. What is counted, inbox and charts, is counted by one statement."""
    counts = Counts()
    items, drawings = inbox.pending(request, counts), figures.pending(request, counts)
    return (
        context
        | standing(request)
        | {
            "notices": notices.newest_unread(request, NEWEST_NOTICES),
            "items": inbox.settled(items),
            "charts": [drawing.drawn() for drawing in drawings],
            "first_steps": list(first_steps(request)),
        }
    )


def standing(request: HttpRequest) -> dict[str, Any]:
    """What goes on and how the providers are doing: the parts of the first page that follow by themselves."""
    works, lights = running.for_person(request), lights_for(request)
    is_moving = bool(works) or any(light["is_busy"] for light in lights)
    return {
        "works": works,
        "lights": lights,
        "moving": is_moving,
        "mark": mark_of(works, lights),
    }


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The parts of the first page that follow, as they are now."""
    found = standing(request)
    return part(request, "admin/common/_standing.html", found["mark"], lambda: found)


def first_steps(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """What somebody may begin with who has not been here for long."""
    person: Any = request.user
    if person.date_joined < timezone.now() - NEW_FOR:
        return
    for step in STEPS:
        if not step.permission or person.has_perm(step.permission):
            yield {"url": reverse(f"admin:{step.url_name}"), "title": step.title, "text": step.text}
