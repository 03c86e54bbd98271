"""A run's rows as tables for files: the template to fill in, and what is wrong with or became of each line."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.kinds import Effect, RunKind
from voicehub.common.runs.outcomes import live_of, outcome_of
from voicehub.sync.admin.states import STATES
from voicehub.sync.told import in_your_language, labelled

CHUNK = 500


def template(kind: RunKind) -> tuple[list[str], list[list[str]]]:
    """The headings and one example line."""
    return [str(column.label) for column in kind.columns], [[column.example for column in kind.columns]]


def header(kind: RunKind, run: Run) -> list[str]:
    named_by = [str(column.label) for column in kind.columns_of(run)] or [_("Record")]
    return [_("Line"), *named_by, _("State"), _("What is wrong or happened")]


def lines(kind: RunKind, rows: QuerySet[RunRow]) -> Iterator[list[Any]]:
    """Each row as it was typed, with its state and all that is to be said about it."""
    chunk: list[RunRow] = []
    for row in rows.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _lines(kind, chunk)
            chunk = []
    yield from _lines(kind, chunk)


def _lines(kind: RunKind, rows: list[RunRow]) -> Iterator[list[Any]]:
    live = live_of(kind, rows)
    for row in rows:
        outcome = outcome_of(row, live)
        said = [in_words(kind.effect_of(row)), *said_about(kind, row), in_your_language(outcome.message)]
        cells = [row.data.get(column.name, "") for column in kind.columns_of(row.run)] or [kind.title_of(row)]
        yield [row.number, *cells, str(STATES[outcome.state].word), " ".join(filter(None, said))]


def said_about(kind: RunKind, row: RunRow) -> list[str]:
    """Problems with the heading they are about, then doubts and remarks."""
    labels = {column.name: str(column.label) for column in kind.columns_of(row.run)}
    problems = [
        labelled(labels[name], in_your_language(text)) if name in labels else text for name, text in row.problems
    ]
    return [in_your_language(text) for text in (*problems, *row.doubts, *kind.remarks_on(row))]


def in_words(effect: Effect | None) -> str:
    """ "Changes. Name: GOLDEN → SILVER." """
    if effect is None:
        return ""
    changes = (labelled(one.label, f"{one.old} → {one.new}." if one.old else f"{one.new}.") for one in effect.changes)
    return " ".join([f"{effect.word}.", *changes])
