"""What happened to call scripts and hotlines beside their own fields: line by line, rule by rule, call by call."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from telephony.models import Call, CallScript, Hotline, TriggerRule
from telephony.publication import comparison
from voicehub.common import phones
from voicehub.common.hooks.entries import request_entry
from voicehub.sync.timeline import Change, Detail, Entry, Kind, changes_of_parts

# Further back than this the log is not searched for the loads of one script: it may be very long.
NEWEST_SEARCHED = 20_000


def by_lines(entry: Entry) -> Entry:
    """A long text is folded away, as the lines that changed."""
    texts = [change for change in entry.changes if "\n" in change.old + change.new]
    if not texts:
        return entry
    others = tuple(change for change in entry.changes if change not in texts)
    details = tuple(Detail(text.label, _lines(text)) for text in texts)
    return replace(entry, changes=others, details=details, details_title=_("Show what changed"))


def _lines(change: Change) -> str:
    return "\n".join(f"{line.sign:2}{line.text}" for line in comparison(change.old, change.new))


def loads_of(script: CallScript, limit: int) -> Iterator[Entry]:
    """The newest requests that one of its versions answered."""
    versions = [str(pk) for pk in script.versions.values_list("pk", flat=True)]
    newest = Call.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    loads = Call.objects.filter(pk__gt=newest - NEWEST_SEARCHED, source__in=versions)
    return map(_load, loads.order_by("-pk")[:limit])


def loads(limit: int) -> Iterator[Entry]:
    """The newest requests at the one address of all scripts."""
    return map(_load, Call.objects.order_by("-received_at")[:limit])


def _load(call: Call) -> Entry:
    return replace(request_entry(call), title=_("Apidaze loaded a script"), url=call.get_absolute_url())


def of_rules(hotline: Hotline, limit: int) -> Iterator[Entry]:
    """What people did to the rules of a hotline, also to those that are gone."""
    kept = TriggerRule.history.filter(hotline_id=hotline.pk)
    return changes_of_parts(kept, limit, lambda version: _("Rule “%(name)s”") % {"name": version.name})


def calls_of(hotline: Hotline, limit: int) -> Iterator[Entry]:
    """The newest calls of which Voitex has told."""
    for call in hotline.calls.order_by("-first_at")[:limit]:
        yield Entry(
            at=call.first_at,
            icon="call_received",
            title=_("Somebody called"),
            who=call.caller_name,
            text=phones.shown(call.caller) if call.caller else _("The number was withheld."),
            kind=Kind.INBOUND,
            url=reverse("admin:telephony_hotlinecall_change", args=[call.pk]),
        )
