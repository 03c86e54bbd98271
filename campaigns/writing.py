"""Writing many records at once."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def write_back(records: Sequence[models.Model], *names: str) -> None:
    """Write these fields of records of one model, in one go. `bulk_update` takes twenty times as long to say it."""
    if not records:
        return
    meta: Any = records[0]._meta
    quote = connection.ops.quote_name
    fields: list[Any] = [meta.get_field(name) for name in names]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = quote(meta.pk.column)
    rows = [
        [*(field.get_db_prep_save(getattr(record, field.attname), connection) for field in fields), record.pk]
        for record in records
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {key} = %s", rows)  # noqa: S608
