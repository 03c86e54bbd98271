"""The menu of views and columns above a list."""

from typing import Any

from django import template
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest
from django.utils.text import capfirst

from voicehub.common import list_views
from voicehub.sync.list_address import VIEW_VAR

register = template.Library()


@register.inclusion_tag("admin/common/list_views.html", takes_context=True)
def views_menu(context: Any, cl: Any) -> dict[str, Any]:
    """Nothing for lists of another kind, nor where a list is a window to pick from."""
    request: HttpRequest = context["request"]
    if not hasattr(cl, "all_columns") or cl.is_popup:
        return {}
    model = cl.opts.label_lower
    views = list(list_views.views_for(request.user, model))
    current = next((view for view in views if str(view.pk) == request.GET.get(VIEW_VAR)), None)
    return {
        "csrf_token": context.get("csrf_token"),
        "model": model,
        "links": [_link(request, view, current) for view in views],
        "current": current,
        "own_name": current.name if current and current.owner_id == request.user.pk else "",
        "begins": any(view.is_start for view in views),
        "query": list_views.kept_query(request.GET.urlencode()),
        "columns": [(name, _label(cl, name), name in cl.shown_columns) for name in cl.all_columns],
        "others": [pair for pair in request.GET.lists() if pair[0] != PAGE_VAR],
        "gone_columns": ", ".join(cl.gone_columns),
        "may_share": request.user.has_perm(list_views.SHARE),
    }


def _link(request: HttpRequest, view: Any, current: Any) -> dict[str, Any]:
    return {
        "view": view,
        "address": list_views.address_of(view),
        "is_current": view == current,
        "is_own": view.owner_id == request.user.pk,
        "may_remove": list_views.may_remove(request.user, view),
    }


def _label(cl: Any, name: str) -> str:
    return capfirst(str(label_for_field(name, cl.model, cl.model_admin)))
