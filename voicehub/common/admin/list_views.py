"""What the menu of views on a list does: keep one, begin with one, remove one."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from voicehub.common import list_views
from voicehub.common.models import ListView
from voicehub.sync.admin.columns import ChosenColumns
from voicehub.sync.list_address import VIEW_VAR


def urls() -> list[URLPattern]:
    views = ((keep, "keep"), (begin, "begin"), (remove, "remove"))
    return [
        path(f"lists/<str:model>/{name}/", admin.site.admin_view(view), name=f"list_view_{name}")
        for view, name in views
    ]


@require_POST
def keep(request: HttpRequest, model: str) -> HttpResponse:
    """Keep what the list shows under a name."""
    _insist_on_list(request, model)
    query, is_shared = request.POST.get("query", ""), "is_shared" in request.POST
    try:
        view = list_views.keep(request.user, model, request.POST.get("name", ""), query, is_shared=is_shared)
    except list_views.ViewRefusedError as why:
        messages.error(request, str(why))
        return _to_list(model, query)
    if "is_start" in request.POST:
        list_views.begin_with(request.user, model, view)
    messages.success(request, _("“%(name)s” is saved.") % {"name": view})
    return _to_list(model, list_views.address_of(view))


@require_POST
def begin(request: HttpRequest, model: str) -> HttpResponse:
    """Begin the list with the posted view; without one, as it is by itself."""
    _insist_on_list(request, model)
    if not request.POST.get("view"):
        list_views.begin_with(request.user, model, None)
        messages.success(request, _("The list begins with all rows again."))
        return _to_list(model, f"{VIEW_VAR}=")
    view = _view(request, model)
    list_views.begin_with(request.user, model, view)
    messages.success(request, _("The list begins with “%(name)s” from now on.") % {"name": view})
    return _to_list(model, list_views.address_of(view))


@require_POST
def remove(request: HttpRequest, model: str) -> HttpResponse:
    _insist_on_list(request, model)
    view = _view(request, model)
    if not list_views.may_remove(request.user, view):
        raise PermissionDenied
    view.delete()
    messages.success(request, _("The view “%(name)s” is removed. No record was touched.") % {"name": view})
    return _to_list(model, f"{VIEW_VAR}=")


def _insist_on_list(request: HttpRequest, model: str) -> None:
    model_admin = next((one for one in admin.site._registry.values() if one.opts.label_lower == model), None)
    if not isinstance(model_admin, ChosenColumns):
        raise Http404
    if not model_admin.has_view_permission(request):
        raise PermissionDenied


def _view(request: HttpRequest, model: str) -> ListView:
    key = request.POST.get("view", "")
    usable: Any = list_views.views_for(request.user, model)
    return get_object_or_404(usable, pk=int(key) if key.isdecimal() and len(key) < 19 else 0)


def _to_list(model: str, query: str) -> HttpResponse:
    options = apps.get_model(model)._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return redirect(f"{address}?{query}" if query else address)
