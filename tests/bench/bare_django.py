"""The limits of benchmarks of hooks: Django without any middleware, a view that makes one indexed read, and one that
reads the XML of a summary and makes one indexed update.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from lxml import etree

from tests.bench.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = __name__


def view(request: HttpRequest, key: int) -> JsonResponse:
    from tests.gadgets.models import Gadget

    name = Gadget.objects.values_list("name", flat=True).get(pk=key)
    answer = JsonResponse({"name": name, "session": request.GET.get("session", "")})
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


def summary(request: HttpRequest) -> HttpResponse:
    from campaigns.models import Attempt

    told = etree.fromstring(request.body)
    ended = {"state": "ended", "status": told.get("status"), "text": told.get("comment")}
    Attempt.objects.filter(callid=told.get("callid")).update(**ended)
    return HttpResponse(headers={"Content-Length": "0"})


urlpatterns = [path("bare/<int:key>/", view), path("bare/summary/", summary)]
