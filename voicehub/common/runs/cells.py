"""What every reader of files hands on, and how a file is refused."""

from collections.abc import Sequence
from typing import NamedTuple


class FileRefusedError(Exception):
    """The file cannot be read; the text says why and what to do."""


class Cell(NamedTuple):
    text: str
    problem: str = ""


RawRow = tuple[int, Sequence[Cell]]
EMPTY = Cell("")
