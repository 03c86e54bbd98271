"""What every reader of files hands on, and how a file is refused."""

from collections.abc import Sequence
from dataclasses import dataclass


class FileRefusedError(Exception):
    """The file cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class Cell:
    text: str
    problem: str = ""


RawRow = tuple[int, Sequence[Cell]]
EMPTY = Cell("")
