from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models.options import Options
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from contributors.views.pages import MEDIA


class OwnPages:
    """A model admin with pages of our own below its address."""

    admin_site: AdminSite
    opts: Options

    @property
    def media(self) -> Any:
        return super().media + MEDIA  # type: ignore[misc]

    def page_url(self, route: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
        """The address of a view, signed-in staff only; `admin:<app>_<model>_<name of the view>`."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_{view.__name__}"
        return path(route, self.admin_site.admin_view(view), name=name)
