"""Runs: a file or a selection goes in, is checked, looked at by a person, and carried out in the background.

An app describes what it imports or changes in bulk as a kind, in a module `runs` that is found at start-up::

    class People(RunKind):
        slug, label, permission = "people", _("People from a file"), "contacts.add_person"
        columns = (Column("name", _("Name"), _("As it should be shown."), "Ann Archer", is_required=True),)

        def check(self, run, rows):
            for row in rows:
                row.values = {"name": row.data["name"].strip()}
                row.key = row.values["name"].casefold()

        def apply(self, run, row):
            return Person.objects.create(**row.values).pk

    register(People())

Upload, preview, progress, outcomes, files of problems and "again" are there already (`voicehub.common.admin.runs`).
"""

from voicehub.common.runs.files import FileRefusedError
from voicehub.common.runs.kinds import (
    Column,
    RowOutcome,
    RowRefusedError,
    RunKind,
    RunRefusedError,
    kind_of,
    kinds_for,
    register,
)
from voicehub.common.runs.services import again, cancel_rest, digest, discard, from_rows, release, start, upload

__all__ = [
    "Column",
    "FileRefusedError",
    "RowOutcome",
    "RowRefusedError",
    "RunKind",
    "RunRefusedError",
    "again",
    "cancel_rest",
    "digest",
    "discard",
    "from_rows",
    "kind_of",
    "kinds_for",
    "register",
    "release",
    "start",
    "upload",
]
