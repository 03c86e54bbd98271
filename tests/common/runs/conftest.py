"""A kind of run as an app would write it: it makes gadgets, which belong to no provider that is asked here."""

import pytest
from django.db.models import F

from voicehub.common.models import LimitLock, RunRow
from voicehub.common.runs import BulkKind, Column, RowRefusedError, RunKind, register
from voicehub.common.runs.kinds import _kinds


class Names(RunKind):
    """Stores names; "refuse me" is refused when it is carried out, "break me" is a fault of ours."""

    slug, label, permission = "names", "Names from a file", "common.manage_people"
    columns = (
        Column("name", "Name", "As it should be shown.", "Ann", is_required=True, aliases=("who",)),
        Column("note", "Note", "Anything.", "x"),
    )

    def max_rows(self):
        return 1000

    def check(self, run, rows):
        for row in rows:
            name = row.data["name"]
            if name == "crash the check":
                raise RuntimeError
            if not name and not row.problems:
                row.problems.append(("name", "Write a name."))
            row.values = {"name": name}
            row.key = name.casefold()

    def apply(self, run, row):
        if row.values["name"] == "refuse me":
            raise RowRefusedError("Not this one.")
        LimitLock.objects.create(pk=f"{run.pk}-{row.number}")
        if row.values["name"] == "break me":
            raise RuntimeError
        return row.number


@pytest.fixture
def names():
    kind = Names()
    register(kind)
    yield kind
    _kinds.pop("names")


class ManyNames(BulkKind, Names):
    """The same for very many at once: one "break me" spoils all that are carried out with it."""

    slug = "many-names"
    is_checked_at_once = True

    def max_rows(self):
        return 5000

    def apply_many(self, run, rows):
        rows.filter(values__name="refuse me").update(state=RunRow.State.REFUSED, message="Not this one.")
        numbers = list(rows.values_list("number", flat=True))
        LimitLock.objects.bulk_create(LimitLock(pk=f"{run.pk}-{number}") for number in numbers)
        if rows.filter(values__name="break me").exists():
            raise RuntimeError
        rows.update(state=RunRow.State.DONE, object_id=F("number"))


@pytest.fixture
def many_names():
    kind = ManyNames()
    register(kind)
    yield kind
    _kinds.pop("many-names")
