"""A form of several parts. It is sent piece by piece, so that a file in it is never in memory as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from urllib3.fields import RequestField
from urllib3.filepost import choose_boundary

PIECE = 65_536


@dataclass(frozen=True)
class FilePart:
    """A file of a multipart form: what can be read from `content` now, `size` bytes."""

    name: str
    content: BinaryIO = field(repr=False)
    size: int
    content_type: str = "application/octet-stream"

    def pieces(self) -> Iterator[bytes]:
        """Raises OSError when there is less in the file than its size says."""
        left = self.size
        while left:
            piece = self.content.read(min(PIECE, left))
            if not piece:
                raise OSError("The file is shorter than it was.")
            left -= len(piece)
            yield piece


class MultipartBody:
    """The form as bytes; `len()` is known before any file is read. `outline` is what may be kept of it: no file."""

    def __init__(self, parts: Mapping[str, str | FilePart]) -> None:
        """Raises ValueError for a text that no encoding can hold."""
        self._boundary = choose_boundary()
        self._parts = [(self._head(name, part), _content(part)) for name, part in parts.items()]
        self._end = f"--{self._boundary}--\r\n".encode()

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    @property
    def outline(self) -> bytes:
        """The form with the size of each file in its place."""
        return b"".join(self._written(lambda file: iter((f"<{file.size} bytes>".encode(),))))

    def __len__(self) -> int:
        sizes = (content.size if isinstance(content, FilePart) else len(content) for _head, content in self._parts)
        return sum(sizes) + sum(len(head) + 2 for head, _content in self._parts) + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        return self._written(FilePart.pieces)

    def _written(self, pieces: Callable[[FilePart], Iterator[bytes]]) -> Iterator[bytes]:
        for head, content in self._parts:
            yield head
            yield from pieces(content) if isinstance(content, FilePart) else (content,)
            yield b"\r\n"
        yield self._end

    def _head(self, name: str, part: str | FilePart) -> bytes:
        file_name, content_type = (part.name, part.content_type) if isinstance(part, FilePart) else (None, None)
        headers = RequestField(name, "", filename=file_name)
        headers.make_multipart(content_type=content_type)
        return f"--{self._boundary}\r\n{headers.render_headers()}".encode()


def _content(part: str | FilePart) -> bytes | FilePart:
    return part if isinstance(part, FilePart) else part.encode()
