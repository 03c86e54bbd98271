"""An index that finds how a text begins, in any case, as `__istartswith` asks for it."""

from typing import Any

from django.db import models
from django.db.backends.ddl_references import Columns, Statement, Table

CREATE = "CREATE INDEX %(name)s ON %(table)s (%(columns)s)"
# Each database compares in its own way when case does not matter; an index serves when it compares the same way.
WAYS = {"sqlite": ("%s", "COLLATE NOCASE"), "postgresql": ("UPPER(%s)", "text_pattern_ops")}


class PrefixIndex(models.Index):
    """Of one field of text; an ordinary index knows capitals from small letters, and is of no use here."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        compared, order = WAYS[schema_editor.connection.vendor]
        quote = schema_editor.quote_name
        table, (name,) = model._meta.db_table, self.fields
        column = model._meta.get_field(name).column
        return Statement(
            CREATE,
            name=quote(self.name),
            table=Table(table, quote),
            columns=Columns(table, [column], lambda one: compared % quote(one), [order]),
        )
