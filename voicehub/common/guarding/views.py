"""The address at which pages keep, fetch and throw away drafts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from voicehub.common.guarding import drafts

TOO_LONG = 413


@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """GET returns what was typed, to the person alone; POST keeps it, or throws it away where `_throw_away` is set.

    A ticket suffices to keep: who was signed out while typing loses nothing.
    """
    ticket = drafts.read_ticket((request.POST if request.method == "POST" else request.GET).get(drafts.TICKET, ""))
    if ticket is None:
        raise Http404
    return _fetched(request, ticket) if request.method == "GET" else _kept(request, ticket)


def _fetched(request: HttpRequest, ticket: drafts.Ticket) -> HttpResponse:
    person: Any = request.user
    found = drafts.draft_of(person, ticket.place) if person.pk == ticket.person else None
    if found is None:
        raise Http404
    return JsonResponse(drafts.typed_in(found))


def _kept(request: HttpRequest, ticket: drafts.Ticket) -> HttpResponse:
    if "_throw_away" in request.POST:
        drafts.throw_away(ticket)
    elif not drafts.keep(ticket, request.POST):
        return HttpResponse(status=TOO_LONG)
    return HttpResponse(status=204)
