"""What a list shows is said by its address alone: filters, search and sort, as Django has it, and its columns.

So an address can be kept under a name (`voicehub.common.list_views`), sent to somebody, and paged through.
"""

from django.contrib.admin.views.main import ORDER_VAR
from django.http import QueryDict

# The names of the columns, with commas in between; without it, all are shown.
COLUMNS_VAR = "_columns"
# The boxes of the form that chooses columns; the address that comes of it has COLUMNS_VAR instead.
CHOICE_VAR = "_choice"
# The number of the saved view that the address came from. Empty: none, not even the one that the list begins with.
VIEW_VAR = "_view"
NO_FILTERS = (COLUMNS_VAR, VIEW_VAR)
SELECTING = "action_checkbox"


def asked_columns(query: QueryDict) -> list[str]:
    return [name for name in query.get(COLUMNS_VAR, "").split(",") if name]


def shown_columns(columns: list[str], asked: list[str]) -> list[str]:
    """Those that are asked for, in their usual order, if any of them is there; the boxes to select stay."""
    shown = [name for name in columns if name in asked or name == SELECTING]
    return shown if set(shown) - {SELECTING} else list(columns)


def choose(query: QueryDict, columns: list[str], chosen: list[str]) -> QueryDict:
    """The same list with these columns, still sorted by what it was sorted by, as far as that is shown."""
    changed = query.copy()
    changed.pop(CHOICE_VAR, None)
    changed.pop(COLUMNS_VAR, None)
    before, after = shown_columns(columns, asked_columns(query)), shown_columns(columns, chosen)
    if after != columns:
        changed[COLUMNS_VAR] = ",".join(name for name in after if name != SELECTING)
    if order := _moved(changed.pop(ORDER_VAR, [""])[-1], before, after):
        changed[ORDER_VAR] = order
    changed.setdefault(VIEW_VAR, "")
    return changed


def _moved(order: str, before: list[str], after: list[str]) -> str:
    """Django numbers the columns that a list is sorted by: "-2.1" is the second, downwards, then the first."""
    parts = []
    for part in order.split("."):
        number = part.removeprefix("-")
        name = before[int(number)] if number.isdecimal() and len(number) < 4 and int(number) < len(before) else ""
        if name in after:
            parts.append(f"{'-' if part.startswith('-') else ''}{after.index(name)}")
    return ".".join(parts)
