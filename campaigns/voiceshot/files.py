"""Sound files on their way to VoiceShot: base64 inside the XML, written piece by piece."""

from base64 import b64encode
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from django.utils.translation import gettext as _
from lxml import etree

from campaigns.voiceshot import xml
from voicehub.remote.errors import RejectedError

DATATYPES = "urn:schemas-microsoft-com:datatypes"
# In threes, so that the base64 of the pieces is that of the whole.
PIECE = 3 * 16_384
END = b"</file></campaign>"


class SoundFile(Protocol):
    """A file that can be opened when it is sent; `size` in bytes. Django's files are such."""

    @property
    def size(self) -> int: ...

    def open(self) -> BinaryIO: ...


class FileBody:
    """A post with the first `size` bytes of a file in it; `len()` is known before it is read.

    It can be written again, from its beginning. `outline` is what may be kept of it: no sound.
    """

    def __init__(self, root: xml.Element, content: BinaryIO, size: int) -> None:
        self._head = xml.written(root).removesuffix(END)
        self._content = content
        self._size = size

    @property
    def outline(self) -> bytes:
        return self._head + f"({self._size} bytes)".encode() + END

    def __len__(self) -> int:
        return len(self._head) + 4 * -(-self._size // 3) + len(END)

    def __iter__(self) -> Iterator[bytes]:
        """Raises OSError when there is less in the file than its size says."""
        self._content.seek(0)
        yield self._head
        for start in range(0, self._size, PIECE):
            wanted = min(PIECE, self._size - start)
            piece = self._content.read(wanted)
            if len(piece) != wanted:
                raise OSError("The file is shorter than it was.")
            yield b64encode(piece)
        yield END


def saving(name: str) -> xml.Element:
    """The post that brings a file, which is still empty in it."""
    root = xml.campaign(xml.FILE)
    attributes = {f"{{{DATATYPES}}}dt": "bin.base64", "filename": name, "fileaction": "save"}
    etree.SubElement(root, "file", attributes, nsmap={"dt": DATATYPES}).text = ""
    return root


def deleting(name: str) -> xml.Element:
    root = xml.campaign(xml.FILE)
    etree.SubElement(root, "file", filename=name, fileaction="delete")
    return root


def opened(file: SoundFile) -> BinaryIO:
    """Raises RejectedError where there is no such file any more."""
    try:
        return file.open()
    except FileNotFoundError:
        raise RejectedError(_("The sound file is not in VoiceHub any more. Upload it again.")) from None
