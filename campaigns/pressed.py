"""Keys that people press during a call: what VoiceShot is told to do then, and who is called no more."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns import moving, wording
from campaigns.models import Attempt, Campaign, KeyRule, Recipient
from campaigns.voiceshot import SeenCall
from campaigns.voiceshot.commands import command
from campaigns.writing import write_back
from voicehub.common import do_not_call, phones
from voicehub.remote.errors import RejectedError

State = Recipient.State
# Who has been reached, or is thought to be, may still be told to have pressed it.
OTHERS = tuple(state for state in State if state != State.OPTED_OUT)


@dataclass(frozen=True)
class Answer:
    """What VoiceShot gets, empty to go on as its menu does; and what that is, in words for our own people."""

    body: bytes
    words: str


def answer(event: SeenCall) -> Answer:
    """What to do on a call whose keys were just pressed, by the rules of its campaign: two indexed reads."""
    attempt = _attempt_of(event)
    if attempt is None:
        return Answer(b"", _("This is no call of ours."))
    rule = _rule_for(attempt.campaign, event.keys)
    if rule is None:
        return Answer(b"", _("The campaign has no rule for this key."))
    return _obeying(rule, attempt)


def note(told: Sequence[tuple[SeenCall, Attempt]]) -> None:
    """Keep what was pressed, whether the call has ended or not."""
    keys: dict[int, dict[str, str]] = defaultdict(dict)
    for seen, attempt in told:
        if seen.keys:
            keys[attempt.pk].update(seen.keys)
    attempts = list(Attempt.objects.select_for_update().filter(pk__in=keys))
    for attempt in attempts:
        attempt.keys = {**attempt.keys, **keys[attempt.pk]}
    write_back(attempts, "keys")


def let_go(campaign: Campaign, told: Iterable[tuple[SeenCall, Attempt]]) -> Collection[int]:
    """Who pressed the key for it is called no more by anybody. Call it under the campaign's lock.

    Returns the keys of these recipients, of whom another call may be waiting at VoiceShot.
    A later key at the same prompt takes nothing back. Who tries a campaign out on the own telephone does not count.
    """
    ours = ((seen, attempt) for seen, attempt in told if not attempt.is_trial)
    numbers = {one.recipient_id: one.number for seen, one in ours if has_opted_out(campaign, seen.keys)}
    words = {"key": campaign.opt_out_key, "name": campaign.name}
    reason = _("Pressed %(key)s for no more calls.") % words
    moving.move(campaign, numbers.keys(), State.OPTED_OUT, among=OTHERS, reason=reason)
    for number in numbers.values():
        where = _("Pressed %(key)s in the campaign %(name)s") % words
        do_not_call.add(number, source=do_not_call.Source.KEY, reason=where)
    return numbers.keys()


def has_opted_out(campaign: Campaign, keys: Mapping[str, str]) -> bool:
    """Whether somebody pressed the key for no more calls, at whatever prompt."""
    return bool(campaign.opt_out_key) and any(campaign.opt_out_key in pressed for pressed in keys.values())


def _attempt_of(event: SeenCall) -> Attempt | None:
    calls = Attempt.objects.select_related("campaign__menu", "recipient")
    attempt = calls.filter(callid=event.callid).first() if event.callid else None
    is_ours = attempt is not None and event.menuid in ("", attempt.campaign.menu.menuid)
    return attempt if is_ours else None


def _rule_for(campaign: Campaign, keys: Mapping[str, str]) -> KeyRule | None:
    """A rule for the very prompt goes before one for any."""
    (promptid, pressed), *_rest = [*keys.items(), ("", "")]
    rules = KeyRule.objects.filter(campaign=campaign, promptid__in=("", promptid), keys=pressed)
    return rules.select_related("sound_file").order_by("-promptid").first()


def _obeying(rule: KeyRule, attempt: Attempt) -> Answer:
    if rule.transfer_to and (why := phones.obstacle(rule.transfer_to)):
        return Answer(b"", _("Nobody was connected. %(why)s") % {"why": why})
    try:
        body = _command(rule, attempt)
    except RejectedError as why:
        return Answer(b"", str(why))
    return Answer(body, f"{rule.keys}: {rule.get_action_display()}")


def _command(rule: KeyRule, attempt: Attempt) -> bytes:
    match rule.action:
        case KeyRule.Action.GO_TO:
            return command(goto=rule.goto)
        case KeyRule.Action.PLAY if rule.sound_file:
            return command(goto=rule.goto, filename=rule.sound_file.name)
        case KeyRule.Action.SPEAK:
            return command(goto=rule.goto, tts=wording.filled(rule.text, attempt.recipient.variables))
        case KeyRule.Action.TRANSFER:
            return command(transferto=rule.transfer_to, callerid=attempt.campaign.shown_caller_id)
        case KeyRule.Action.DIGITS:
            return command(dtmf=rule.digits, goto=rule.goto)
    return b""
