"""Indexes for finding contributors by how any word of the name begins: see contributors/search.py.

As with payments (0002_search), a migration that alters the table of contributors has to run `index_names` again on
SQLite, which forgets triggers when Django rebuilds the table.
"""

from django.db import migrations

WORDS = "contributors_contributor_words"
ADD = f"INSERT INTO {WORDS}(rowid, name) VALUES (new.id, new.name);"
REMOVE = f"INSERT INTO {WORDS}({WORDS}, rowid, name) VALUES ('delete', old.id, old.name);"
TRIGGERS = {
    "contributors_name_added": ("AFTER INSERT", ADD),
    "contributors_name_removed": ("AFTER DELETE", REMOVE),
    "contributors_name_changed": ("AFTER UPDATE OF name", REMOVE + ADD),
}


def index_names(apps, schema_editor):
    statements = {"sqlite": on_sqlite, "postgresql": on_postgresql}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement)


def on_sqlite():
    yield (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS} USING fts5(name, content='contributors_contributor', "
        "content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')"
    )
    for name, (event, statements) in TRIGGERS.items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} {event} ON contributors_contributor BEGIN {statements} END"
    yield f"INSERT INTO {WORDS}({WORDS}) VALUES ('rebuild')"


def on_postgresql():
    yield f"CREATE INDEX {WORDS} ON contributors_contributor USING gin (name gin_trgm_ops)"


def forget_names(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(f"DROP TABLE {WORDS}")
    else:
        schema_editor.execute(f"DROP INDEX {WORDS}")


class Migration(migrations.Migration):
    dependencies = [("contributors", "0012_search_by_beginning")]

    operations = [migrations.RunPython(index_names, forget_names, elidable=False)]
