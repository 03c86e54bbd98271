"""Indexes for finding payments by any part of a name, a title or an address: see contributors/search.py.

On SQLite the words stand in a full-text table beside the payments, kept up by triggers. Django rebuilds a SQLite table
that a migration alters, and the triggers are gone then: such a migration has to run `index_words` again
(tests/contributors/test_pages_search.py notices when it does not).
"""

from django.db import migrations

COLUMNS = ("contributor_name", "title", "url")
NAMES = ", ".join(COLUMNS)
NEW = ", ".join(f"new.{name}" for name in COLUMNS)
OLD = ", ".join(f"old.{name}" for name in COLUMNS)
ADD = f"INSERT INTO contributors_transaction_words(rowid, {NAMES}) VALUES (new.id, {NEW});"
REMOVE = (
    f"INSERT INTO contributors_transaction_words(contributors_transaction_words, rowid, {NAMES}) "
    f"VALUES ('delete', old.id, {OLD});"
)
TRIGGERS = {
    "contributors_words_added": ("AFTER INSERT", ADD),
    "contributors_words_removed": ("AFTER DELETE", REMOVE),
    "contributors_words_changed": (f"AFTER UPDATE OF {NAMES}", REMOVE + ADD),
}


def index_words(apps, schema_editor):
    statements = {"sqlite": on_sqlite, "postgresql": on_postgresql}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement)


def on_sqlite():
    yield (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS contributors_transaction_words USING fts5({NAMES}, "
        "content='contributors_transaction', content_rowid='id', tokenize='trigram')"
    )
    for name, (event, statements) in TRIGGERS.items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} {event} ON contributors_transaction BEGIN {statements} END"
    yield "INSERT INTO contributors_transaction_words(contributors_transaction_words) VALUES ('rebuild')"


def on_postgresql():
    yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    for column in COLUMNS:
        yield (
            f"CREATE INDEX contributors_words_{column} ON contributors_transaction "
            f"USING gin (UPPER({column}) gin_trgm_ops)"
        )


def forget_words(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute("DROP TABLE contributors_transaction_words")
    else:
        for column in COLUMNS:
            schema_editor.execute(f"DROP INDEX contributors_words_{column}")


class Migration(migrations.Migration):
    dependencies = [("contributors", "0001_payments")]

    operations = [migrations.RunPython(index_words, forget_words, elidable=False)]
