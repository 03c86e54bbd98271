"""The limit of `bin/bench hooks`: Django without any middleware and one view that makes one indexed read."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from tests.bench.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = __name__


def view(request: HttpRequest, key: int) -> JsonResponse:
    from tests.gadgets.models import Gadget

    name = Gadget.objects.values_list("name", flat=True).get(pk=key)
    answer = JsonResponse({"name": name, "session": request.GET.get("session", "")})
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


urlpatterns = [path("bare/<int:key>/", view)]
