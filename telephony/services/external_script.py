"""Having Apidaze load its script here, sending it back to where it loaded before, and trying its address out."""

from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.models import ExternalScript
from telephony.script_address import KIND, fingerprint_in
from telephony.services.sip import NO_KEY, NOT_THERE, connection
from telephony.sync.apidaze import APIDAZE
from voicehub.common import audit
from voicehub.common.hooks import addresses
from voicehub.common.hooks.kinds import HookKind, kind_of
from voicehub.common.hooks.models import HookAddress
from voicehub.common.local_names import is_local_name
from voicehub.sync import queue
from voicehub.sync.accounts import in_account
from voicehub.sync.models import JobState, RecordState, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.services import TooLateError

NOT_TAKEN = (RecordState.WAITING, RecordState.REFUSED, RecordState.FAILED, RecordState.UNCERTAIN)
NAME_AT_FIRST = "VoiceHub"
NOBODY_ASKS = gettext_lazy(
    "Apidaze does not ask VoiceHub what to do on a call. Under External scripts, press “Answer calls from here”."
)
ASKS_ANOTHER = gettext_lazy(
    "Apidaze asks another address what to do on a call: %(address)s. Under External scripts, press “Answer calls "
    "from here”."
)
CLOSED = gettext_lazy(
    "The inbound address that Apidaze asks is closed, so whoever calls is cut off. Under External scripts, press "
    "“Answer calls from here”: that makes a new one."
)
NOT_TAKEN_YET = gettext_lazy(
    "Apidaze has not taken the address of VoiceHub yet. The page of the external script says why."
)
AUDIT_WORDS: dict[str, Any] = {
    "script.registered": gettext_lazy("Let VoiceHub answer calls"),
    "script.returned": gettext_lazy("Let the address before answer calls again"),
}


class UnreachableError(Exception):
    """Apidaze cannot reach this installation; the text says what to do."""


def check_reachable() -> None:
    """Raises UnreachableError. The sandbox is on this computer, so in the demo any address will do."""
    host = urlsplit(settings.OWN_BASE_URL).hostname or ""
    if not settings.VOICEHUB_DEMO and (not settings.PUBLIC_BASE_URL or is_local_name(host)):
        raise UnreachableError(
            _(
                "Apidaze cannot reach VoiceHub at %(address)s, which leads to this computer only. An administrator "
                "can set PUBLIC_BASE_URL to the address that others reach it at."
            )
            % {"address": settings.OWN_BASE_URL}
        )


def save_external_script(script: ExternalScript, *, user: Any) -> ExternalScript:
    """Save what is registered and queue what Apidaze has to learn. Raises NotConnectedError."""
    if script.connection_id is None:
        script.connection = connection()
    script.save(user=user)
    return script


def registered_script() -> ExternalScript | None:
    """The one that Apidaze has, as far as is known; else one that waits to be created. Raises NotConnectedError."""
    return _first_of(ExternalScript.objects.filter(connection=connection()))


def _first_of(scripts: QuerySet[ExternalScript]) -> ExternalScript | None:
    there = scripts.exclude(sync_state__in=NOT_THERE)
    return there.exclude(remote_id="").order_by("pk").first() or there.order_by("pk").first()


@transaction.atomic
def register_address(*, user: Any) -> ExternalScript:
    """Have Apidaze load its script here: the one that it has is changed, and only without any is one made.

    Each time there is a new token, and the one before works on for HOOK_OVERLAP_HOURS; but not while Apidaze has not
    taken the last one, or it would be left with one that ends. Raises NotConnectedError, UnreachableError and
    TooLateError.
    """
    check_reachable()
    script = registered_script()
    if script and script.sync_state in NOT_TAKEN and points_here(script):
        queue.push(script, user)
        return script
    path = _new_path(user)
    script = registered_script() or ExternalScript(name=NAME_AT_FIRST)
    script.point_at(settings.OWN_BASE_URL + path)
    save_external_script(script, user=user)
    audit.record("script.registered", user, script)
    return script


@transaction.atomic
def return_to_previous(script: ExternalScript, *, user: Any) -> None:
    """Have Apidaze load its script from where it did before it did so here."""
    script.point_back()
    script.save(user=user)
    audit.record("script.returned", user, script)


def follow_address(address: str, *, user: Any) -> None:
    """Our own address (in clear) is a new one: whatever is registered with the former one moves on to it."""
    for script in ExternalScript.objects.exclude(sync_state__in=NOT_THERE):
        if script.is_ours:
            script.point_at(address)
            script.save(user=user)


@transaction.atomic
def test_script(script: ExternalScript, call: dict[str, str], *, user: Any) -> SyncJob:
    """Have Apidaze load the script as for a call with these parameters. Raises UnreachableError.

    One at a time, or the answer to one call would be shown for another: raises TooLateError.
    """
    if script.is_ours:
        check_reachable()
    looks = SyncJob.objects.filter(model=script._meta.label_lower, object_id=script.pk, operation=Operation.LOOK)
    if looks.filter(state=JobState.SENDING).exists():
        raise TooLateError(_("A test is under way: wait for its answer first. Nothing was done."))
    ExternalScript._base_manager.filter(pk=script.pk).update(test_call=call, test_answer="", tested_at=None)
    return queue.look(script, user)


def why_unheard() -> str:
    """Why callers do not get to the scripts here, and what to do about it; empty when they do."""
    if not APIDAZE.account():
        return str(NO_KEY)
    # The first page asks: the account is not looked up by itself.
    script = _first_of(ExternalScript.objects.filter(**in_account(APIDAZE, "connection__")))
    if script is None:
        return str(NOBODY_ASKS)
    there = address_there(script)
    if there and not is_here(there):
        return ASKS_ANOTHER % {"address": there}
    return why_cut_off(script) or ("" if there else str(NOT_TAKEN_YET))


def why_cut_off(script: ExternalScript) -> str:
    """What is wrong, and what to do, when Apidaze asks at an address of ours that is closed; else empty."""
    there = address_there(script)
    return str(CLOSED) if is_here(there) and not is_open(there) else ""


def address_there(script: ExternalScript) -> str:
    """The address, masked, that Apidaze asks as far as is known; empty when it does not have the script."""
    if script.sync_state in NOT_THERE:
        return ""
    return str(script.seen_values.get("url") or script.agreed_values.get("url", ""))


def answers_here(script: ExternalScript) -> bool:
    """Whether Apidaze asks here and gets answers."""
    return is_open(address_there(script))


def points_here(script: ExternalScript) -> bool:
    """Whether Apidaze is to ask here and would get answers, even if it has not been told yet."""
    return script.is_ours and is_open(script.url)


def scripts_asking_here() -> list[ExternalScript]:
    """The external scripts with which Apidaze asks at our open address, or is about to."""
    scripts = ExternalScript.objects.exclude(sync_state__in=NOT_THERE)
    return [script for script in scripts if answers_here(script) or points_here(script)]


def follows_address() -> bool:
    """Whether Apidaze will be told of a new address by itself."""
    return any(script.is_ours for script in ExternalScript.objects.exclude(sync_state__in=NOT_THERE))


def may_be_tested(script: ExternalScript) -> bool:
    return bool(script.remote_id) and script.sync_state not in NOT_THERE


def is_here(url: str) -> bool:
    """Whether an address is, or was, one of ours, at the site at which we are reached now."""
    return url.startswith(f"{settings.OWN_BASE_URL}{addresses.PREFIX}{KIND}/")


def is_open(url: str) -> bool:
    """Whether we answer at this masked address of ours: it may be closed, or its time may be over."""
    mark = fingerprint_in(url) if is_here(url) else ""
    works_on = Q(former_digest__startswith=mark, former_until__gt=timezone.now())
    ours = HookAddress.objects.filter(Q(digest__startswith=mark) | works_on, kind=KIND)
    return bool(mark) and ours.exists()


def _new_path(user: Any) -> str:
    address = HookAddress.objects.filter(kind=KIND, target="").first()
    if address:
        if address.is_former_open and not scripts_asking_here():
            # Nobody needs it: Apidaze asks elsewhere.
            addresses.close_former(address, user=user)
            address.refresh_from_db()
        return addresses.exchange(address, user=user)
    return addresses.make(cast(HookKind, kind_of(KIND)), user=user)
