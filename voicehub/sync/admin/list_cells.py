"""What stands in the cells of a list, as values for a file: texts without their marks, times as times."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import unescape
from itertools import islice
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from voicehub.sync.admin.moments import MomentColumn
from voicehub.sync.export import Table

CHUNK = 2000
TIME = re.compile(r'<time datetime="([^"]+)">')
UNSEEN = re.compile(r'<(\w+)[^>]* aria-hidden="true"[^>]*>.*?</\1>', re.DOTALL)
BETWEEN_BLOCKS = re.compile(r"<br>|</(?:p|div|li|span)>")


def table_of(model_admin: Any, records: QuerySet, columns: Sequence[Any]) -> Table:
    """Exactly these records, in their order, with the `columns` of their list; read while the file is written."""
    header = [capfirst(str(label_for_field(column, model_admin.model, model_admin))) for column in columns]
    name = slugify(str(model_admin.opts.verbose_name_plural)) or model_admin.opts.model_name
    return Table(name, header, _rows(model_admin, records, columns))


def _rows(model_admin: Any, records: QuerySet, columns: Sequence[Any]) -> Iterator[list[Any]]:
    """The rows in the language of who asked, who is gone by the time that most of them are written."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def cells(chunk: list[Any]) -> list[list[Any]]:
        with translation.override(language), timezone.override(zone):
            prepared = model_admin.prepared(chunk)
            return [[cell_value(model_admin, column, record) for column in columns] for record in prepared]

    return (row for chunk in _chunks(records.iterator(chunk_size=CHUNK)) for row in cells(chunk))


def _chunks(records: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(records)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def cell_value(model_admin: Any, column: Any, record: Any) -> Any:
    """What a column tells about a record: a text, a number, an amount, a time (UTC) or None."""
    if isinstance(column, MomentColumn):
        return getattr(record, column.__name__)
    try:
        field, _attribute, value = lookup_field(column, record, model_admin)
    except ObjectDoesNotExist:
        return None
    if field is not None and getattr(field, "flatchoices", None):
        value = dict(field.flatchoices).get(value, value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not isinstance(value, SafeString):
        return value
    if time := TIME.search(value):
        return datetime.fromisoformat(time[1])
    return " ".join(unescape(strip_tags(BETWEEN_BLOCKS.sub(" ", UNSEEN.sub("", value)))).split())
