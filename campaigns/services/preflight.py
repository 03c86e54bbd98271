"""What a person should see before a campaign calls anybody, and what keeps it from starting."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from campaigns import driving, moving, pace, rules, wording
from campaigns.driving import Group
from campaigns.models import Attempt, Batch, Campaign, KeyRule, Menu, Prompt, Recipient
from campaigns.services import importing
from campaigns.voiceshot import xml
from voicehub.common import phones
from voicehub.common.limits import day_began
from voicehub.sync.models import RecordState

State = Recipient.State


@dataclass(frozen=True)
class Preflight:
    """`obstacles` keep it from starting, `remarks` do not. `rate` is in calls a minute."""

    obstacles: Sequence[str]
    remarks: Sequence[str]
    counts: Counter[str]
    groups: Sequence[Group]
    rate: float
    expected: timedelta
    left_today: int | None
    seconds: float
    sample: Recipient | None
    xml: str
    heard: Sequence[tuple[Prompt, str]]

    @property
    def waiting(self) -> int:
        return self.counts[State.WAITING]

    @property
    def expected_in_words(self) -> str:
        return in_words(self.expected)


def look(campaign: Campaign, now: datetime | None = None) -> Preflight:
    """The campaign as it would start now."""
    now = now or timezone.now()
    counts, groups = moving.tally(campaign), driving.groups(campaign, now)
    prompts = list(campaign.prompts.select_related("sound_file"))
    sample = campaign.recipients.filter(state=State.WAITING).order_by("pk").first()
    rate = pace.a_minute(campaign, now)
    left = rules.left_today(campaign.started_by or campaign.created_by, day_began(now))
    return Preflight(
        obstacles=[*faults_of(campaign), *_obstacles(campaign, counts, groups, now)],
        remarks=list(_remarks(campaign, counts, groups, left)),
        counts=counts,
        groups=groups,
        rate=rate,
        expected=timedelta(minutes=counts[State.WAITING] / rate),
        left_today=left,
        seconds=max(map(seconds_of, prompts), default=0.0) if sample is None else _seconds(prompts, sample),
        sample=sample,
        xml=xml_of_one(campaign, prompts, sample) if sample else "",
        heard=[(prompt, _heard(prompt, sample)) for prompt in prompts],
    )


def faults_of(campaign: Campaign) -> list[str]:
    """What is wrong with the campaign's words, menu and files."""
    return list(_faults(campaign))


def menu_is_taken(menu: Menu) -> str:
    """Why a campaign has to wait for another one of its menu."""
    other = menu.campaigns.filter(state__in=Campaign.LIVE).first()
    words = _("%(menu)s is in use by %(campaign)s. Wait until that is over, or take another menu.")
    return words % {"menu": menu, "campaign": other or _("another campaign")}


def seconds_of(prompt: Prompt, variables: Any = None) -> float:
    """How long a prompt takes to be heard, about."""
    if prompt.sound_file:
        return prompt.sound_file.seconds
    return wording.spoken_seconds(wording.filled(prompt.text, variables or {}))


def xml_of_one(campaign: Campaign, prompts: Sequence[Prompt], recipient: Recipient) -> str:
    """One call as it is posted, indented for people. No secret is in it."""
    attempt = Attempt(campaign=campaign, recipient=recipient, number=recipient.number, callid="0" * 32)
    root = xml.post(wording.post_of(Batch(campaign=campaign), [attempt], prompts))
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def in_words(time: timedelta) -> str:
    """About how long: "3 minutes", "2 hours, 10 minutes"."""
    began = timezone.now()
    return timesince(began, began + max(time, timedelta(minutes=1)))


def _heard(prompt: Prompt, sample: Recipient | None) -> str:
    if prompt.sound_file:
        return str(prompt.sound_file)
    return wording.filled(prompt.text, sample.variables if sample else {})


def _seconds(prompts: Sequence[Prompt], sample: Recipient) -> float:
    return sum(seconds_of(prompt, sample.variables) for prompt in prompts)


def _faults(campaign: Campaign) -> Iterator[str]:
    prompts = list(campaign.prompts.select_related("sound_file"))
    if not prompts:
        yield _("It has nothing to say. Give it a prompt with words or a sound file.")
    yield from _silent(campaign, prompts)
    if campaign.menu.sync_state not in (RecordState.IN_STEP, RecordState.WAITING) or not campaign.menu.remote_id:
        words = _("VoiceShot has not confirmed the menu %(menu)s. Look at its page.")
        yield words % {"menu": campaign.menu}
    if problem := phones.obstacle(campaign.shown_caller_id):
        yield _("The caller id cannot be used. %(why)s") % {"why": problem}
    yield from _unsynced(campaign, prompts)


def _silent(campaign: Campaign, prompts: Sequence[Prompt]) -> Iterator[str]:
    """Parts whose sound file was deleted, in a copy of a campaign."""
    for prompt in prompts:
        if prompt.is_empty:
            words = _("Prompt %(number)s has neither words nor a sound file. Give it one of them, or delete it.")
            yield words % {"number": prompt.promptid}
    for rule in campaign.key_rules.filter(action=KeyRule.Action.PLAY, sound_file=None):
        yield _("The sound file for the key %(keys)s is deleted. Choose another one.") % {"keys": rule.keys}


def _unsynced(campaign: Campaign, prompts: Sequence[Prompt]) -> Iterator[str]:
    of_keys = campaign.key_rules.select_related("sound_file")
    files = {prompt.sound_file for prompt in prompts} | {rule.sound_file for rule in of_keys}
    for sound in sorted((one for one in files if one), key=str):
        if sound.sync_state != RecordState.IN_STEP:
            words = _("The sound file %(name)s is not at VoiceShot (%(state)s). Look at its page.")
            yield words % {"name": sound, "state": sound.get_sync_state_display().lower()}


def _obstacles(campaign: Campaign, counts: Counter[str], groups: Sequence[Group], now: datetime) -> Iterator[str]:
    if importing.unfinished(campaign):
        yield _("Recipients are still being added to it. Wait until all of them are there.")
    elif not counts[State.WAITING]:
        yield _("There is nobody to call. Add recipients first.")
    elif all(group.window is None for group in groups):
        yield _("There is no time at which anybody may be called. Choose other days or hours.")
    if campaign.starts_at and campaign.starts_at < now - timedelta(minutes=1):
        yield _("Its beginning has passed. Choose a later one, or none to begin at once.")
    if campaign.menu.campaigns.filter(state__in=Campaign.LIVE).exclude(pk=campaign.pk).exists():
        yield menu_is_taken(campaign.menu)
    yield from _without_variables(campaign)


def _without_variables(campaign: Campaign) -> Iterator[str]:
    for name in wording.variables_of(campaign.prompts.all()):
        lacking = campaign.recipients.filter(state=State.WAITING).exclude(variables__has_key=name).count()
        if lacking:
            words = ngettext(
                "%(count)d recipient has no %(name)s, which the words need.",
                "%(count)d recipients have no %(name)s, which the words need.",
                lacking,
            )
            yield words % {"count": lacking, "name": f"{{{name}}}"}


def _remarks(campaign: Campaign, counts: Counter[str], groups: Sequence[Group], left: int | None) -> Iterator[str]:
    never = sum(group.waiting for group in groups if group.window is None)
    if never:
        words = _("%(count)d can never be called in these hours, and will be skipped: %(why)s")
        yield words % {"count": never, "why": driving.never_words()}
    if left is not None and left < counts[State.WAITING]:
        words = _("The daily limit leaves %(left)d calls today; the others follow on the next days.")
        yield words % {"left": left}
    if others := carried(campaign.menu, besides=campaign):
        words = _("The menu still carries %(count)d calls of other campaigns: pausing holds those too.")
        yield words % {"count": others}
    if campaign.menu.is_paused:
        yield _("VoiceShot holds the calls of this menu now. Starting releases them, all of them.")
    if not settings.QUIET_HOURS:
        yield _("Quiet hours are off: only the campaign's own hours count.")


def carried(menu: Menu, besides: Campaign | None = None) -> int:
    """How many calls of ours the menu carries at VoiceShot, as far as we know."""
    there = (Attempt.State.POSTED, Attempt.State.UNCERTAIN)
    calls = Attempt.objects.filter(campaign__menu=menu, state__in=there)
    return calls.exclude(campaign=besides).count() if besides else calls.count()
