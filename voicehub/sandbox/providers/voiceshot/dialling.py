"""The dialler: works off calls, and tells the customer what has become of them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from voicehub.sandbox.contract import Errand
from voicehub.sandbox.models import VoiceShotAccount, VoiceShotCall, VoiceShotMenu
from voicehub.sandbox.models.voiceshot import Outcome
from voicehub.sandbox.providers.voiceshot.faults import NO_ODDITY, OddityKind, take_oddities
from voicehub.sandbox.providers.voiceshot.outcomes import Town, seconds_of
from voicehub.sandbox.providers.voiceshot.reports import Mailbox
from voicehub.sandbox.providers.voiceshot.talks import Talk
from voicehub.sandbox.wire import Answer, json_answer

# Telephone lines: so many calls are told of at once.
LINES = 4
# SQLite takes 32,766 values in one statement.
MOST_AT_ONCE = 20_000
ALL = "all"
State, Summary = VoiceShotCall.State, VoiceShotCall.Summary


def dial(value: Any) -> Errand:
    """`{"count": 10}` or `"all"`: so many calls are over then, those that ring first.

    With 0, only late summaries are posted. One errand dials at most 20,000 calls. Raises ValueError.
    """
    account, count = VoiceShotAccount.objects.get(), _count_of(value)
    ringing = list(_with_menus(VoiceShotCall.objects.filter(state=State.DIALLING))[:count])
    waiting = list(_with_menus(_waiting(account))[: count - len(ringing)])
    return _errand(account, ringing + waiting)


def ring(value: Any) -> Errand:
    """`{"count": 10}` or `"all"`: so many calls begin to ring, and are not over. Raises ValueError."""
    account = VoiceShotAccount.objects.get()
    calls = [call.pk for call in _waiting(account).only("pk")[: _count_of(value)]]
    VoiceShotCall.objects.filter(pk__in=calls).update(state=State.DIALLING, dialled_at=account.now())
    return Errand(lambda: None, lambda nothing: json_answer({"ringing": len(calls)}))


def tick(before: float, now: float) -> Errand | None:
    """What the dialler does by itself between two moments, in seconds of one clock."""
    account = VoiceShotAccount.objects.get()
    count = int(now * account.calls_a_second) - int(before * account.calls_a_second)
    return dial({"count": min(count, MOST_AT_ONCE)}) if count else None


def dialled_first(account: VoiceShotAccount, calls: Sequence[VoiceShotCall], answer: Answer) -> Errand:
    """Calls these, as far as they are due, before anything is answered."""
    due = _with_menus(_waiting(account).filter(pk__in=[call.pk for call in calls]))
    return _errand(account, list(due), lambda dialling: answer)


class Dialling:
    """Calls that are over, and what is still to be told of them. `run` looks into no database."""

    def __init__(self, mailbox: Mailbox | None, talks: Sequence[Talk]) -> None:
        self._mailbox = mailbox
        self._talks = talks if mailbox else ()

    def run(self) -> "Dialling":
        if self._mailbox:
            in_order = [talk for talk in self._talks if talk.oddity.kind != OddityKind.LAST]
            last = [talk for talk in self._talks if talk.oddity.kind == OddityKind.LAST]
            with ThreadPoolExecutor(LINES, "line") as lines:
                list(lines.map(Talk.tell, in_order, repeat(self._mailbox)))
            for talk in reversed(last):
                talk.tell(self._mailbox)
        return self

    def write_down(self) -> dict[str, int]:
        """Returns how many summaries there are of each kind."""
        quiet: dict[str, list[int]] = defaultdict(list)
        for call in (talk.call for talk in self._talks):
            quiet[call.summary].append(call.pk)
            if call.keys:
                call.save(update_fields=["keys", "commands"])
        for summary, calls in quiet.items():
            VoiceShotCall.objects.filter(pk__in=calls).update(summary=summary)
        return {summary: len(calls) for summary, calls in quiet.items()}


def _errand(
    account: VoiceShotAccount,
    calls: Sequence[VoiceShotCall],
    answer: Callable[[dict[str, int]], Answer] = json_answer,
) -> Errand:
    _end(account, calls)
    mailbox = Mailbox.of(account)
    dialling = Dialling(mailbox, _talks(account, calls) if mailbox else ())
    return Errand(dialling.run, lambda done: answer({"dialled": len(calls), **done.write_down()}))


def _talks(account: VoiceShotAccount, calls: Sequence[VoiceShotCall]) -> list[Talk]:
    town = Town(account)
    oddities = chain(take_oddities(len(calls)), repeat(NO_ODDITY))
    late = _with_menus(VoiceShotCall.objects.filter(summary=Summary.LATE))
    told_late = [Talk(call, ()) for call in late]
    new = [Talk(call, () if call.is_text else town.keys_of(call.number), next(oddities)) for call in calls]
    return new + told_late


def _end(account: VoiceShotAccount, calls: Sequence[VoiceShotCall]) -> None:
    """From here on it is certain how they ended, and a query says so."""
    town, now = Town(account), account.now()
    alike: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for call in calls:
        call.state, call.dialled_at = State.OVER, call.dialled_at or now
        call.outcome = Outcome.PERSON if call.is_text else town.outcome_of(call.number)
        call.duration = None if call.is_text else seconds_of(call.outcome)
        alike[call.outcome, call.duration].append(call.pk)
    for (outcome, duration), pks in alike.items():
        _save_end(pks, now, outcome=outcome, duration=duration)


def _save_end(pks: list[int], now: datetime, **end: Any) -> None:
    began = Coalesce("dialled_at", now)
    VoiceShotCall.objects.filter(pk__in=pks).update(state=State.OVER, dialled_at=began, **end)


def _waiting(account: VoiceShotAccount) -> QuerySet[VoiceShotCall]:
    """Calls that may be dialled now, the oldest first."""
    paused = list(VoiceShotMenu.objects.filter(is_paused=True).values_list("pk", flat=True))
    is_due = Q(due_at=None) | Q(due_at__lte=account.now())
    return VoiceShotCall.objects.filter(is_due, state=State.PENDING).exclude(menu__in=paused).order_by("pk")


def _with_menus(calls: QuerySet[VoiceShotCall]) -> QuerySet[VoiceShotCall]:
    return calls.order_by("pk").select_related("menu")


def _count_of(value: Any) -> int:
    if value == ALL:
        return MOST_AT_ONCE
    count = value.get("count") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_AT_ONCE:
        raise ValueError(f'"{ALL}" or a count up to {MOST_AT_ONCE} is wanted here')
    return count
