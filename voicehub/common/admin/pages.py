"""How a page of our own gets the admin's frame around it, and who gets to see it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

View = Callable[..., HttpResponseBase]


def framed(
    request: HttpRequest, app: str, template: str, title: str, media: Media, context: dict[str, Any]
) -> TemplateResponse:
    """Render `admin/<app>/<template>` in the admin's frame."""
    frame = {**admin.site.each_context(request), "title": title, "media": media, "app_label": app}
    return TemplateResponse(request, f"admin/{app}/{template}", {**frame, **context})


def needs(permission: str) -> Callable[[View], View]:
    """Let only people pass who hold the permission."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
