"""The frame that pages of telephony have around them, and who gets to see them."""

from typing import Any

from django.forms import Media
from django.http import HttpRequest
from django.template.response import TemplateResponse

from voicehub.common.admin.pages import View, framed, needs

__all__ = ["MEDIA", "View", "needs", "page"]

MEDIA = Media(css={"all": ["voicehub/sync.css", "voicehub/telephony.css"]})


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """Render `admin/telephony/<template>` in the admin's frame."""
    return framed(request, "telephony", template, title, MEDIA, context)
