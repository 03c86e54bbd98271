"""How a page of our own gets the admin's frame around it."""

from typing import Any

from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from contributors.models import Transaction
from contributors.views.access import PAY

MEDIA = Media(
    css={"all": ["voicehub/sync.css", "voicehub/contributors.css", "voicehub/ledger.css"]},
    js=["voicehub/contributors.js", "voicehub/live.js", "voicehub/countdown.js"],
)


def page(
    request: HttpRequest, template: str, title: str, *, media: Media | None = None, **context: Any
) -> TemplateResponse:
    """Render `admin/contributors/<template>` in the admin's frame."""
    return TemplateResponse(
        request,
        f"admin/contributors/{template}",
        {
            **admin.site.each_context(request),
            "title": title,
            "media": MEDIA if media is None else media + MEDIA,
            "app_label": Transaction._meta.app_label,
            "may_pay": request.user.has_perm(PAY),
            **context,
        },
    )


def fragment(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    """A part of a page, fetched again by contributors.js while something is moving."""
    return TemplateResponse(request, f"admin/contributors/{template}", context)


def problem_text() -> str:
    return _("Please look at the messages beside the fields. Nothing was sent or lost.")
