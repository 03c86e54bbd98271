"""What happened to a call script: changes of its draft, line by line, and what people decided about callers."""

from dataclasses import replace

from django.utils.translation import gettext as _

from telephony.models import CallScript
from telephony.publication import comparison
from voicehub.common.audit import words_for
from voicehub.common.models import AuditEntry
from voicehub.sync.timeline import Change, Detail, Entry, newest, timeline


def script_entries(script: CallScript, *, limit: int, with_calls: bool) -> list[Entry]:
    """The newest `limit` entries."""
    changes = map(_by_lines, timeline(script, limit=limit, with_calls=with_calls))
    return newest([*changes, *_decisions(script, limit)], limit)


def _by_lines(entry: Entry) -> Entry:
    """A long text is folded away, as the lines that changed."""
    texts = [change for change in entry.changes if "\n" in change.old + change.new]
    others = tuple(change for change in entry.changes if change not in texts)
    details = tuple(Detail(text.label, _lines(text)) for text in texts)
    return replace(entry, changes=others, details=details, details_title=_("Show what changed"))


def _lines(change: Change) -> str:
    return "\n".join(f"{line.sign:2}{line.text}" for line in comparison(change.old, change.new))


def _decisions(script: CallScript, limit: int) -> list[Entry]:
    found = AuditEntry.objects.filter(object_model=script._meta.label_lower, object_id=str(script.pk))
    return [
        Entry(
            at=entry.at,
            icon="campaign",
            title=words_for(entry.action),
            who=str(entry.actor or ""),
            text=entry.reason,
        )
        for entry in found.select_related("actor").order_by("-id")[:limit]
    ]
