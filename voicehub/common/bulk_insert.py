"""Writing very many new rows: of Django's own bulk insert, three quarters go into building its statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model, QuerySet


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, each with its values for the columns: what JSON can hold, texts, numbers.

    Nothing else happens to them: no default is filled in, nothing is validated.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    places = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    values = ", ".join(["%s"] * len(columns))
    adapt = connection.ops.adapt_json_value
    with connection.cursor() as cursor:
        cursor.executemany(
            f"{_into(model, columns)} VALUES ({values})", [_adapted(row, places, adapt) for row in rows]
        )


def insert_selected(
    model: type[Model], rows: QuerySet, columns: Mapping[str, Any], *, returning: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Insert something for each of the rows, its columns being expressions over a row; no row leaves the database.

    What else is said of `insert_rows` holds here too. Returns what stands in some columns of what was inserted.
    """
    select, parameters = rows.values_list(*columns.values()).query.sql_with_params()
    told = ", ".join(map(_column(model), returning))
    with connection.cursor() as cursor:
        cursor.execute(f"{_into(model, columns)} {select} RETURNING {told}", parameters)
        return cursor.fetchall()


def _into(model: type[Model], columns: Iterable[str]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(map(_column(model), columns))})"


def _column(model: type[Model]) -> Callable[[str], str]:
    def quoted(name: str) -> str:
        field: Any = model._meta.get_field(name)
        return connection.ops.quote_name(field.column)

    return quoted


def _adapted(row: Sequence[Any], places: Sequence[int], adapt: Callable[[Any, None], Any]) -> list[Any]:
    values = list(row)
    for place in places:
        values[place] = adapt(values[place], None)
    return values
