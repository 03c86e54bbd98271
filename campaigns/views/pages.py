"""How a page of campaigns gets the admin's frame around it, and who gets to see it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

MEDIA = Media(css={"all": ["voicehub/sync.css", "voicehub/telephony.css", "voicehub/campaigns.css"]})

View = Callable[..., HttpResponseBase]


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """Render `admin/campaigns/<template>` in the admin's frame."""
    frame = {**admin.site.each_context(request), "title": title, "media": MEDIA, "app_label": "campaigns"}
    return TemplateResponse(request, f"admin/campaigns/{template}", {**frame, **context})


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
