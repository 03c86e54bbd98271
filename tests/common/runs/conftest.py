"""A kind of run as an app would write it: it makes gadgets, which belong to no provider that is asked here."""

import pytest

from voicehub.common.models import LimitLock
from voicehub.common.runs import Column, RowRefusedError, RunKind, register
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
