"""Pages for what went wrong, in words and with a way on. They ask nothing of the database, which may be away."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def page(request: HttpRequest, status: int) -> HttpResponse:
    """The page `templates/<status>.html`, with the way back where there is one."""
    return HttpResponse(render_to_string(f"{int(status)}.html", {"back": way_back(request)}), status=status)


def way_back(request: HttpRequest) -> str:
    """The page of ours that led here, as a path; empty where it was this one or none of ours."""
    scheme, _host, rest = request.headers.get("Referer", "").partition(f"//{request.META.get('HTTP_HOST')}/")
    is_ours = scheme in ("http:", "https:") and not rest.startswith("/")
    is_elsewhere = f"/{rest}".partition("?")[0] != request.path
    return f"/{rest}" if rest and is_ours and is_elsewhere else ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_too_much = isinstance(exception, TOO_MUCH)
    return page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_too_much else HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def explained(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], Any]:
    """A middleware that gives words to answers without any."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        # A person who loads the address of a button anew would see an empty page.
        told = page(request, response.status_code)
        told["Allow"] = response["Allow"]
        return told

    return respond
