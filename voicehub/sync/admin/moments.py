"""Times: exact in the page, told as "3 minutes ago" by times.js, which keeps the exact one under the mouse."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Model
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString


def moment(at: datetime | None) -> SafeString | None:
    """A point in time (UTC) in the reader's zone and words."""
    if at is None:
        return None
    local = timezone.localtime(at)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), formats.localize(local))


class MomentColumn:
    """The column of a date-time field in a list, in place of the field's own."""

    def __init__(self, field: DateTimeField) -> None:
        self.__name__ = self.admin_order_field = field.name
        self.short_description = field.verbose_name

    def __call__(self, record: Model) -> SafeString | None:
        return moment(getattr(record, self.__name__))


def moment_columns(model: type[Model], columns: Iterable[Any]) -> dict[str, MomentColumn]:
    """For each of the columns that is a date-time field of the model, what takes its place."""
    fields = {field.name: field for field in model._meta.get_fields() if isinstance(field, DateTimeField)}
    return {column: MomentColumn(fields[column]) for column in columns if column in fields}
