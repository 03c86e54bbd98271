"""Many counts by one statement: for pages that tell how much there is of many things."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Aggregate, Count, Max, QuerySet, TextField, Value
from django.db.models.functions import Cast

# SQLite joins no more than 500 queries into one.
MOST_AT_ONCE = 400
NOTHING = Value("", output_field=TextField())


class Asked:
    """A count that is asked for; `number` and `text` have it found out, together with all others of its `Counts`."""

    def __init__(self, counts: "Counts") -> None:
        self._counts = counts
        self.found: tuple[int, str] = (0, "")

    @property
    def number(self) -> int:
        self._counts.find_out()
        return self.found[0]

    @property
    def text(self) -> str:
        self._counts.find_out()
        return self.found[1]


class Counts:
    """Counts that are asked for one by one and found out all at once, when the first of them is looked at."""

    def __init__(self) -> None:
        self._open: list[tuple[Asked, QuerySet]] = []

    def ask(self, rows: QuerySet, measure: Aggregate | None = None, text: str = "") -> Asked:
        """Ask how many rows there are, or for another `measure` of them. `text` names a column to take one from."""
        asked = Asked(self)
        told = Cast(Max(text), TextField()) if text else NOTHING
        place = Value(len(self._open))
        measured = {"asked_number": measure or Count("pk"), "asked_text": told}
        query = rows.order_by().values(asked_place=place).annotate(**measured)
        self._open.append((asked, query))
        return asked

    def find_out(self) -> None:
        waiting, self._open = self._open, []
        for start in range(0, len(waiting), MOST_AT_ONCE):
            _find([query for _asked, query in waiting[start : start + MOST_AT_ONCE]], waiting)


def _find(queries: list[QuerySet], waiting: list[tuple[Asked, Any]]) -> None:
    rows: Iterable[Any] = queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]
    for row in rows:
        waiting[row["asked_place"]][0].found = (row["asked_number"] or 0, row["asked_text"] or "")
