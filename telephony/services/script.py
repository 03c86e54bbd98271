"""Call scripts: saving drafts, publishing them, going back, and choosing what callers hear."""

import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from telephony.models import CalledNumber, CallScript, ScriptVersion
from telephony.publication import Publication, publication_of
from voicehub.common import audit


class ChangedError(Exception):
    """The script is not any more what the person was shown; nothing was done."""


class NotPublishableError(Exception):
    """Something keeps the script from being published; the text says what."""


def digest(script: CallScript) -> str:
    """A mark of what a person sees of a script; another one means that they have to look again."""
    return _mark(draft_digest(script), script.published_id, script.is_default)


def draft_digest(script: CallScript) -> str:
    """The same of what can be edited."""
    return _mark(script.name, script.draft, script.draft_numbers)


def save_script(script: CallScript, *, user: Any) -> CallScript:
    """Keep a draft. What callers hear stays as it is."""
    script._history_user = user  # type: ignore[attr-defined]
    script.save()
    return script


def publish(script: CallScript, *, shown: str, note: str = "", user: Any) -> ScriptVersion:
    """Let callers hear the draft, on its numbers, from now on.

    Raises ChangedError when the script is not what was `shown` (its digest), and NotPublishableError.
    """
    # The checks try regular expressions in a process of their own: not in a transaction.
    plan = publication_of(script)
    if digest(script) != shown:
        raise ChangedError
    if not plan.is_possible:
        raise NotPublishableError(" ".join(plan.obstacles) or _("The script has errors. Mend them first."))
    try:
        with transaction.atomic():
            return _publish(_as_shown(script, shown), plan, note, user)
    except IntegrityError as error:
        # Two at a time: another script has just taken a number, or the same draft was published twice.
        raise ChangedError from error


def unpublish(script: CallScript, *, shown: str, user: Any) -> None:
    """Let callers not hear the script any more; its numbers are free again. Raises ChangedError."""
    with transaction.atomic():
        current = _as_shown(script, shown)
        current.called_numbers.all().delete()
        current.published, current.is_default = None, False
        save_script(current, user=user)
        audit.record("callscript.unpublished", user, current)


def make_default(script: CallScript, *, shown: str, user: Any) -> None:
    """Let the script answer every number that no script answers. Raises ChangedError."""
    try:
        with transaction.atomic():
            _make_default(_as_shown(script, shown), user)
    except IntegrityError as error:
        # Two at a time: another script has just become the default.
        raise ChangedError from error


def end_default(script: CallScript, *, shown: str, user: Any) -> None:
    """Let the script answer only its own numbers. Raises ChangedError."""
    with transaction.atomic():
        current = _as_shown(script, shown)
        current.is_default = False
        save_script(current, user=user)
        audit.record("callscript.default_ended", user, current)


def restore(version: ScriptVersion, *, shown: str, user: Any) -> None:
    """Copy a version into the draft; nobody hears it before it is published again. Raises ChangedError."""
    with transaction.atomic():
        current = _as_shown(version.script, shown)
        current.draft, current.draft_numbers = version.text, version.numbers
        save_script(current, user=user)


def _mark(*shown: Any) -> str:
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]


def _as_shown(script: CallScript, shown: str) -> CallScript:
    current = CallScript.objects.select_for_update(of=("self",)).select_related("published").get(pk=script.pk)
    if digest(current) != shown:
        raise ChangedError
    return current


def _make_default(script: CallScript, user: Any) -> None:
    if script.published is None:
        raise ChangedError
    for before in CallScript.objects.select_for_update().filter(is_default=True).exclude(pk=script.pk):
        before.is_default = False
        save_script(before, user=user)
    script.is_default = True
    save_script(script, user=user)
    audit.record("callscript.default_chosen", user, script)


def _publish(script: CallScript, plan: Publication, note: str, user: Any) -> ScriptVersion:
    newest = script.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = ScriptVersion.objects.create(
        script=script,
        number=newest + 1,
        text=script.draft,
        numbers=script.draft_numbers,
        published_by=user,
        note=note,
    )
    script.called_numbers.all().delete()
    CalledNumber.objects.bulk_create(CalledNumber(number=number, script=script) for number in version.numbers)
    script.published = version
    save_script(script, user=user)
    told = _("Version %d.") % version.number
    audit.record("callscript.published", user, script, f"{told} {note}".strip(), dials=list(plan.report.numbers))
    return version
