"""The tags `guard` and `press`: what a form needs so that what is typed is safe, and what is pressed is done once."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html

from voicehub.common.guarding import drafts, presses

register = template.Library()


@register.inclusion_tag("admin/common/guard.html", takes_context=True)
def guard(
    context: Any, form: Any = None, formsets: Iterable[Any] = (), creates: bool = False, place: str = ""
) -> Any:
    """Stands inside a form that is posted. `creates`: what it makes is to be made once, however often it is sent.

    `place` tells apart what is typed on one page about different things; usually that is the page's address.
    """
    request = context["request"]
    where = place or request.path
    forms = [*([form] if form else []), *(one for formset in formsets or () for one in formset.formset.forms)]
    is_unsaved = any(one.is_bound for one in forms)
    return {
        "marks": [one["opened"] for one in forms if "opened" in one.fields],
        "meanwhile": [change for one in forms for change in getattr(one, "meanwhile", ())],
        "ticket": drafts.ticket_for(request.user, where),
        "ticket_name": drafts.TICKET,
        "press": presses.new_key() if creates else "",
        "press_name": presses.KEY,
        "is_unsaved": is_unsaved,
        "draft": None if is_unsaved else drafts.draft_of(request.user, where),
        "drafts_url": reverse("admin:draft"),
        "request": request,
    }


@register.simple_tag
def press() -> str:
    """Stands inside a form that is a button alone: pressed twice, it acts once."""
    return format_html('<input type="hidden" name="{}" value="{}">', presses.KEY, presses.new_key())
