"""What holds for every form that takes part: pressed twice it acts once, and what was typed outlives the session."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from voicehub.common.guarding import drafts, presses

REDIRECTS = (302, 303)


class Guarding:
    """Behind the checks of the request's origin: `process_view` runs after theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if ticket := getattr(request, "draft_ticket", None):
            self._tidy_up(ticket, response)
        if key := getattr(request, "press_key", None):
            self._note(request, key, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # What may be large is read by its view, which checks the origin itself.
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        ticket = drafts.read_ticket(request.POST.get(drafts.TICKET, ""))
        if not request.user.is_authenticated:
            return self._kept(request, ticket) if ticket else None
        if ticket and ticket.person == request.user.pk:
            request.draft_ticket = ticket  # type: ignore[attr-defined]
        key = presses.read_key(request.POST.get(presses.KEY, ""))
        return self._claimed(request, key) if key else None

    def _kept(self, request: HttpRequest, ticket: drafts.Ticket) -> HttpResponse | None:
        """The page to sign in leads back to the form. Keeping a draft by itself needs nobody to be signed in."""
        if request.path == reverse("admin:draft") or not drafts.keep(ticket, request.POST, is_unsent=True):
            return None
        words = _("You were signed out, and nothing was saved. What you typed is kept: sign in and it is back.")
        messages.warning(request, words)
        return redirect_to_login(ticket.place, reverse("admin:login"))

    def _claimed(self, request: HttpRequest, key: UUID) -> HttpResponse | None:
        """None for the first press; later ones end where that one does."""
        while not presses.is_first(request.user, key):
            address = presses.led_to(request.user, key)
            if address is not None:
                return self._after_the_first(request, address)
        request.press_key = key  # type: ignore[attr-defined]
        return None

    def _after_the_first(self, request: HttpRequest, address: str) -> HttpResponse:
        request.draft_ticket = None  # type: ignore[attr-defined]
        if address:
            messages.info(request, _("It was pressed more than once, and done once."))
            return redirect(address)
        words = _("The first press has not been answered yet. Look whether it was done before you do it again.")
        messages.warning(request, words)
        return redirect(request.path)

    def _tidy_up(self, ticket: drafts.Ticket, response: HttpResponse) -> None:
        """What was saved is no draft any more."""
        if response.status_code in REDIRECTS:
            drafts.throw_away(ticket)

    def _note(self, request: HttpRequest, key: UUID, response: HttpResponse) -> None:
        if response.status_code in REDIRECTS:
            presses.note(request.user, key, response.headers["Location"])
        else:
            presses.forget(request.user, key)
