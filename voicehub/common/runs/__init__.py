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

Lines that make or change records with a twin at a provider are a `FileKind` or an `EditKind`: these show what each
line would change, refuse to overwrite what has changed since, and follow the records on their way to the provider.
"""

from voicehub.common.runs.files import FileRefusedError
from voicehub.common.runs.kinds import (
    BulkKind,
    Column,
    RowOutcome,
    RowRefusedError,
    RunKind,
    RunRefusedError,
    kind_of,
    kinds_for,
    register,
)
from voicehub.common.runs.records import EditKind, FileKind, RecordKind, usable
from voicehub.common.runs.services import again, cancel_rest, digest, discard, from_rows, release, start, upload

__all__ = [
    "BulkKind",
    "Column",
    "EditKind",
    "FileKind",
    "FileRefusedError",
    "RecordKind",
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
    "usable",
]
