"""Large files from browsers: permission and size are looked at before the body is read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]
# What a form takes beside its files.
SLACK = 100_000


class SoundUploadHandler(TemporaryFileUploadHandler):
    """Files go straight to the disk; of one that is too large no more than `most_bytes`, and its true size."""

    def __init__(self, request: HttpRequest | None, most_bytes: int) -> None:
        super().__init__(request)
        self._most_bytes = most_bytes

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= self._most_bytes:
            super().receive_data_chunk(raw_data, start)


def takes_sounds(permission: str, most_bytes: Callable[[], int], at_once: int = 1) -> Callable[[View], View]:
    """Look at permission and size before the body is read: the check of the form's token would read it first.

    Up to `at_once` files of `most_bytes` each may come.
    """

    def decorate(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            length, most = int(request.META.get("CONTENT_LENGTH") or "0"), most_bytes()
            if request.method == "POST" and length > at_once * most + SLACK:
                return HttpResponse(_("This is more than can be uploaded at once. Choose fewer files."), status=413)
            request.upload_handlers = [SoundUploadHandler(request, most)]
            return checked(request, *args, **kwargs)

        return guarded

    return decorate
