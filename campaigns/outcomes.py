"""What became of calls: taken over from VoiceShot's words into attempts, and from there to recipients.

All of it may come twice, late and in any order. An attempt ends once; a recipient that is settled stays so.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from campaigns import moving, pressed
from campaigns.models import Attempt, Batch, Campaign, Recipient
from campaigns.voiceshot import Ending, SeenCall
from campaigns.writing import write_back
from voicehub.common import do_not_call
from voicehub.sync import chores, queue
from voicehub.sync.clock import database_now

# The chore that looks after live campaigns.
CHORE = "campaigns"
State, Of = Recipient.State, Attempt.State
# What a call may have been taken for before its end was told.
NEVER_MADE = (Of.WITHDRAWN, Of.NOT_SENT)
NOT_ENDED = (*Attempt.OPEN, *NEVER_MADE)
# It ended without a word of VoiceShot's: a person has left it at that.
LEFT = Q(state=Of.ENDED, status="", text="")
# A recipient that was stopped or skipped, and whose call turns out to have been made all the same.
STILL_OPEN = (*Recipient.OPEN, State.STOPPED, State.SKIPPED)
TO_TRY_AGAIN = (Ending.BUSY, Ending.NO_ANSWER)
TOLD = ("state", "status", "text", "duration", "ended_at")


@dataclass(frozen=True)
class Move:
    """Where a recipient goes after a call."""

    state: str
    reason: str = ""
    due_at: datetime | None = None


def apply(seen: Sequence[SeenCall]) -> list[bool]:
    """Take in what VoiceShot tells of calls. Says of each whether it is about a call of ours."""
    ours = _ours(seen)
    by_campaign: dict[int, list[tuple[SeenCall, Attempt]]] = defaultdict(list)
    for one, attempt in zip(seen, ours, strict=True):
        if attempt:
            by_campaign[attempt.campaign_id].append((one, attempt))
    for campaign_id, pairs in sorted(by_campaign.items()):
        _apply_to(campaign_id, pairs)
    return [attempt is not None for attempt in ours]


def _ours(seen: Sequence[SeenCall]) -> list[Attempt | None]:
    """The attempt of each; none where another number is told, or another menu: that is somebody else's call."""
    callids = {one.callid for one in seen if one.callid}
    found = Attempt.objects.filter(callid__in=callids).select_related("campaign__menu")
    by_callid = {attempt.callid: attempt for attempt in found}
    return [_agreeing(one, by_callid.get(one.callid)) for one in seen]


def _agreeing(seen: SeenCall, attempt: Attempt | None) -> Attempt | None:
    if attempt is None or seen.number not in ("", attempt.number):
        return None
    return attempt if seen.menuid in ("", attempt.campaign.menu.menuid) else None


@transaction.atomic
def _apply_to(campaign_id: int, pairs: Sequence[tuple[SeenCall, Attempt]]) -> None:
    campaign, now = moving.lock(campaign_id), database_now()
    last = {attempt.pk: seen for seen, attempt in pairs if seen.ending}
    under_way = [attempt.pk for seen, attempt in pairs if seen.is_pending or seen.keys]
    arrived(campaign, Attempt.objects.filter(pk__in=under_way))
    _bring_back(campaign, Attempt.objects.filter(pk__in=under_way))
    pressed.note(pairs)
    ended = list(Attempt.objects.select_for_update().filter(Q(state__in=NOT_ENDED) | LEFT, pk__in=last))
    _open_again(campaign, [attempt.recipient_id for attempt in ended if attempt.state == Of.ENDED])
    for attempt in ended:
        _note_end(attempt, last[attempt.pk], now)
    write_back(ended, *TOLD)
    _settle(campaign, [attempt for attempt in ended if not attempt.is_trial], last, now)
    gone = pressed.let_go(campaign, pairs)
    told = [attempt.pk for _seen, attempt in pairs]
    withdraw(Attempt.objects.filter(recipient__in=gone, is_trial=False).exclude(pk__in=told))
    if ended:
        wake(campaign)


def _open_again(campaign: Campaign, recipients: Collection[int]) -> None:
    """What became of these was left at that; it is known after all."""
    moving.move(campaign, recipients, State.UNCERTAIN, among=(State.FAILED,))


def _note_end(attempt: Attempt, seen: SeenCall, now: datetime) -> None:
    attempt.state, attempt.ended_at = Of.ENDED, now
    attempt.status, attempt.text, attempt.duration = seen.status, seen.text, seen.duration


def _settle(campaign: Campaign, ended: Sequence[Attempt], told: Mapping[int, SeenCall], now: datetime) -> None:
    recipients = Recipient.objects.in_bulk([attempt.recipient_id for attempt in ended])
    moves: dict[Move, list[int]] = defaultdict(list)
    endings: Counter[str] = Counter()
    for attempt in ended:
        ending = told[attempt.pk].ending or Ending.FAILED
        endings[ending] += 1
        moves[_move_after(campaign, recipients[attempt.recipient_id], attempt, ending, now)].append(
            attempt.recipient_id
        )
    for move, keys in moves.items():
        moving.move(campaign, keys, move.state, among=STILL_OPEN, reason=move.reason, due_at=move.due_at)
    Recipient.objects.filter(pk__in=recipients).update(tried=F("tried") + 1)
    moving.count_endings(campaign, endings, now)
    _take_back_repeats(ended)


def _move_after(campaign: Campaign, recipient: Recipient, attempt: Attempt, ending: Ending, now: datetime) -> Move:
    may_try = ending in TO_TRY_AGAIN and recipient.tried + 1 < campaign.tries
    if may_try and campaign.state in (Campaign.State.RUNNING, Campaign.State.PAUSED):
        due_at = (now + timedelta(minutes=campaign.retry_minutes)).replace(second=0, microsecond=0)
        return Move(State.WAITING, _("%(answer)s: it is called again.") % {"answer": attempt.text}, due_at)
    is_reached = ending in (Ending.REACHED, Ending.MACHINE)
    return Move(State(ending), "" if is_reached else attempt.text)


def _take_back_repeats(ended: Iterable[Attempt]) -> None:
    """A call that was thought never made has ended: another one to the same recipient is not wanted any more."""
    recipients = [attempt.recipient_id for attempt in ended]
    withdraw(Attempt.objects.filter(recipient__in=recipients, state__in=Attempt.OPEN, is_trial=False))


def _bring_back(campaign: Campaign, attempts: Any) -> None:
    """Calls that were thought never made go on: nobody else is to call their recipients now."""
    back = dict(attempts.filter(state__in=NEVER_MADE, is_trial=False).values_list("recipient", "pk"))
    if back and campaign.is_live:
        others = Attempt.objects.filter(recipient__in=back, state__in=Attempt.OPEN, is_trial=False)
        alone = back.keys() - set(others.values_list("recipient", flat=True))
        withdraw(others)
        Attempt.objects.filter(pk__in=[back[key] for key in alone]).update(state=Of.POSTED)
        among = (State.WAITING, State.STOPPED, State.SKIPPED)
        moving.move(campaign, alone, State.UNDER_WAY, among=among, reason="", due_at=None)


def arrived(campaign: Campaign, attempts: Any) -> None:
    """These are at VoiceShot for sure; call it under the campaign's lock."""
    called = _bring(attempts, (Of.PREPARED, Of.UNCERTAIN), Of.POSTED)
    moving.move(campaign, called.keys(), State.UNDER_WAY, among=(State.UNCERTAIN,), reason="")


def lost(campaign: Campaign, attempts: Any, reason: str) -> None:
    """Nobody knows whether these are at VoiceShot; call it under the campaign's lock."""
    called = _bring(attempts, (Of.PREPARED, Of.POSTED), Of.UNCERTAIN)
    moving.move(campaign, called.keys(), State.UNCERTAIN, among=(State.UNDER_WAY,), reason=reason)


def not_made(campaign: Campaign, attempts: Any, state: str = Of.NOT_SENT) -> None:
    """These calls are surely not made; their recipients go where the campaign and the list say.

    Call it under the campaign's lock.
    """
    put_back(campaign, _bring(attempts, Attempt.OPEN, state))


def _bring(attempts: Any, before: Collection[str], after: str) -> dict[int, str]:
    """Bring attempts into another state. Returns numbers by recipient, without trial calls."""
    rows = list(attempts.filter(state__in=before).values_list("pk", "recipient_id", "number", "is_trial"))
    Attempt.objects.filter(pk__in=[row[0] for row in rows]).update(state=after)
    return {recipient: number for _pk, recipient, number, is_trial in rows if not is_trial}


def put_back(campaign: Campaign, numbers: Mapping[int, str]) -> None:
    """Recipients (by key: number) without a call: they wait again, unless nobody may or shall call them any more."""
    listed = do_not_call.listed(numbers.values())
    skipped = [key for key, number in numbers.items() if number in listed]
    others = [key for key, number in numbers.items() if number not in listed]
    among = (State.UNDER_WAY, State.UNCERTAIN)
    moving.move(campaign, skipped, State.SKIPPED, among=among, reason=_("On the do-not-call list."))
    if campaign.state in (Campaign.State.RUNNING, Campaign.State.PAUSED):
        moving.move(campaign, others, State.WAITING, among=among, reason="")
    else:
        call_no_more(campaign, others, among=among)


def call_no_more(campaign: Campaign, keys: Collection[int], *, among: Collection[str]) -> None:
    """Recipients of a campaign that stops: those who were called end as their last call did."""
    ends: dict[tuple[str, str], list[int]] = defaultdict(list)
    last = _last_ends(keys)
    for key in keys:
        ends[last.get(key, (State.STOPPED, ""))].append(key)
    for (state, reason), those in ends.items():
        moving.move(campaign, those, state, among=among, reason=reason)


def _last_ends(keys: Collection[int]) -> dict[int, tuple[str, str]]:
    """How the last call to recipients ended, and VoiceShot's words for it."""
    found: dict[int, tuple[str, str]] = {}
    for part in moving.parts(keys):
        ended = Attempt.objects.filter(recipient__in=part, state=Of.ENDED, is_trial=False).order_by("pk")
        for key, status, text in ended.values_list("recipient_id", "status", "text"):
            if ending := SeenCall("", status=status, text=text).ending:
                found[key] = State(ending), text
    return found


def withdraw(attempts: Any) -> None:
    """Have VoiceShot delete these calls, if they do not dial yet."""
    attempts.filter(state__in=Attempt.OPEN).update(is_unwanted=True)
    unwanted = attempts.filter(is_unwanted=True, state__in=(Of.POSTED, Of.UNCERTAIN))
    for batch in Batch.objects.filter(pk__in=unwanted.values("batch")):
        queue.withdraw(batch)


def wake(campaign: Campaign) -> None:
    """Have the campaign looked at once the transaction is committed."""
    Campaign.objects.filter(pk=campaign.pk, state__in=Campaign.LIVE).update(wake_at=database_now())
    chores.ring_on_commit(CHORE)
