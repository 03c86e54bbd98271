"""A sound file as a browser asks for it: whole, or the part that it wants to play."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files import File
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

PIECE = 64 * 1024
HEADERS = {
    "Accept-Ranges": "bytes",
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def sound_response(request: HttpRequest, file: File, content_type: str) -> HttpResponseBase:
    """The file, or the one range of it that is asked for; 416 for a range that is not in it."""
    size = file.size
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    part = _part(asked, size) if asked else (0, size)
    if part is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = part
    answer = StreamingHttpResponse(_pieces(file.open("rb"), start, end), content_type=content_type)
    for name, value in HEADERS.items():
        answer.headers[name] = value
    answer.headers["Content-Length"] = str(end - start)
    if asked:
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return answer


def _part(asked: re.Match[str], size: int) -> tuple[int, int] | None:
    """Begin and end of a range; None when nothing of the file is in it."""
    first, last = asked[1], asked[2]
    if first:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    else:
        start, end = max(0, size - int(last or 0)), size
    return (start, end) if start < end else None


def _pieces(file: Any, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
