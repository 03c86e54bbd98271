"""HTTP as the sandbox speaks it: what came in, what goes out, and the ways in which an answer gets lost."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from socket import socket
from typing import Any
from urllib.parse import parse_qsl

from django.core.files.uploadedfile import UploadedFile

JSON = "application/json"
HTML = "text/html; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"
PARTS = "multipart/form-data"
# Enough to prove what was received; a recording of fifty megabytes need not be kept.
BODY_KEPT = 200_000


@dataclass(frozen=True)
class Request:
    """A request that arrived whole. Header names are kept literally, underscores and case included.

    A form in parts comes as its `fields` and `files`, by name; `body` is then no more than its beginning.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, UploadedFile] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """The value of a header, whatever its case; empty when it was not sent."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")

    @property
    def media_type(self) -> str:
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def form(self) -> dict[str, str]:
        """The fields of a urlencoded or multipart body; empty for any other."""
        if self.media_type == PARTS:
            return dict(self.fields)
        if self.media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))
        return {}


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = TEXT
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def head(self) -> bytes:
        """The status line and the header lines, as they go over the wire."""
        lines = {
            "Server": "sandbox",
            "Date": formatdate(usegmt=True),
            "Content-Type": self.content_type,
            "Content-Length": str(len(self.body)),
            **self.headers,
        }
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n{text}\r\n".encode("latin-1")


def text_answer(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode())


def html_answer(text: str, status: int = 200) -> Answer:
    page = f"<!DOCTYPE html>\n<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>\n"
    return Answer(status, page.encode(), HTML)


def json_answer(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, separators=(",", ":")).encode(), JSON)


# How an answer is delivered: `seconds` is the fault's value. True says that the connection is still good.
Delivery = Callable[[socket, Answer, float], bool]


def whole(peer: socket, answer: Answer, seconds: float) -> bool:
    peer.sendall(answer.head + answer.body)
    return True


def late(peer: socket, answer: Answer, seconds: float) -> bool:
    time.sleep(seconds)
    return whole(peer, answer, seconds)


def trickled(peer: socket, answer: Answer, seconds: float) -> bool:
    """One byte each `seconds`, so that no single read ever waits long."""
    for byte in answer.head + answer.body:
        peer.sendall(bytes([byte]))
        time.sleep(seconds)
    return True


def cut_in_the_body(peer: socket, answer: Answer, seconds: float) -> bool:
    peer.sendall(answer.head + answer.body[: len(answer.body) // 2])
    return False


def cut_in_the_head(peer: socket, answer: Answer, seconds: float) -> bool:
    # No matter what the answer is: a client must not take the status line alone for a success.
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Ty")
    return False


def nothing(peer: socket, answer: Answer, seconds: float) -> bool:
    return False


def never(peer: socket, answer: Answer, seconds: float) -> bool:
    """Wait until the other side gives up."""
    while peer.recv(65536):
        pass
    return False


SILENT: tuple[Delivery, ...] = (nothing, never)


@dataclass(frozen=True)
class Reply:
    """An answer and the way it is delivered."""

    answer: Answer
    deliver: Delivery = whole
    seconds: float = 0
