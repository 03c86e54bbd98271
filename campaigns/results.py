"""What became of recipients, as a table for spreadsheets."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns import moving
from campaigns.models import Attempt, Recipient
from voicehub.sync.export import Table

AT_ONCE = 2000
LOOKED_AT = 500


def results_table(recipients: QuerySet) -> Table:
    """A line for each: what became of the recipient, the last call, and the variables in columns of their own."""
    names = _names_of_variables(recipients)
    header = [_("Number"), _("State"), _("What happened"), _("Times called"), _("Settled"), _("Line")]
    of_call = [_("Answer"), _("Seconds"), _("Keys pressed")]
    return Table(_("recipients"), [*header, *of_call, *names], _rows(recipients, names))


def _names_of_variables(recipients: QuerySet) -> list[str]:
    """By the first recipients: those of one file all have the same ones."""
    found = recipients.values_list("variables", flat=True)[:LOOKED_AT]
    return list(dict.fromkeys(name for variables in found for name in variables))


def _rows(recipients: QuerySet, names: Sequence[str]) -> Iterator[list[Any]]:
    for part in moving.parts(recipients.iterator(chunk_size=AT_ONCE), AT_ONCE):
        calls = _last_calls(part)
        for recipient in part:
            variables = [str(recipient.variables.get(name, "")) for name in names]
            yield [*_told(recipient), *_heard(calls.get(recipient.pk)), *variables]


def _last_calls(recipients: Sequence[Recipient]) -> dict[int, Attempt]:
    ended = Attempt.objects.filter(recipient__in=recipients, state=Attempt.State.ENDED, is_trial=False)
    return {attempt.recipient_id: attempt for attempt in ended.order_by("pk")}


def _told(one: Recipient) -> list[Any]:
    return [one.number, one.get_state_display(), one.reason, one.tried, one.finished_at, one.line]


def _heard(call: Attempt | None) -> list[Any]:
    if call is None:
        return ["", None, ""]
    pressed = ", ".join(f"{promptid}: {keys}" for promptid, keys in call.keys.items() if keys)
    return [call.text, call.duration, pressed]
