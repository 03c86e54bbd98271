"""Taking a body in as it comes: the files of a form in parts go to disk, and of the rest only the beginning stays."""

from collections.abc import Mapping
from io import BufferedIOBase
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from voicehub.sandbox.wire import BODY_KEPT

CHUNK = 65536


class Intake:
    """A body of a known length, read piece by piece; `beginning` keeps the first bytes that were read."""

    def __init__(self, stream: BufferedIOBase, length: int) -> None:
        self.beginning = b""
        self.left = length
        self._stream = stream

    def read(self, size: int) -> bytes:
        piece = self._stream.read(min(size, self.left))
        self.left -= len(piece)
        self.beginning += piece[: BODY_KEPT - len(self.beginning)]
        return piece

    def is_whole(self) -> bool:
        """Reads what nobody wanted; False for a body that ends too early."""
        while self.left and self.read(CHUNK):
            pass
        return not self.left


def read_parts(intake: Intake, content_type: str) -> tuple[Mapping[str, str], Mapping[str, UploadedFile]]:
    """The fields and the files of a form in parts, by name; of one that cannot be read there are none."""
    about = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": intake.left}
    stream: Any = intake
    try:
        fields, files = MultiPartParser(about, stream, [TemporaryFileUploadHandler()]).parse()
    except (MultiPartParserError, SuspiciousOperation):
        return {}, {}
    return {name: str(fields[name]) for name in fields}, dict(files.items())
