"""Is it up? For supervisors, monitors and people. And the icon, for browsers that ask for it by its old name."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from voicehub.sync import health


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The web process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when database and worker are up, else 503. Figures only for staff and for the holder of HEALTH_TOKEN."""
    if not _is_database_up():
        return JsonResponse({"status": "down"}, status=503)
    is_up = health.is_worker_alive()
    body: dict[str, Any] = {"status": "ok" if is_up else "down"}
    if _may_see_details(request):
        body |= health.details()
    return JsonResponse(body, status=200 if is_up else 503)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("voicehub/favicon.svg"))


def _is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _may_see_details(request: HttpRequest) -> bool:
    if request.user.has_perm("sync.view_lane"):
        return True
    given = request.headers.get("Authorization", "")
    return bool(settings.HEALTH_TOKEN) and constant_time_compare(given, f"Bearer {settings.HEALTH_TOKEN}")
