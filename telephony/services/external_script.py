"""Having Apidaze load its script here, sending it back to where it loaded before, and trying its address out."""

from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.models import ExternalScript
from telephony.script_address import KIND, is_masked
from telephony.services.sip import NOT_THERE, NotConnectedError, connection
from voicehub.common import audit
from voicehub.common.hooks import addresses
from voicehub.common.hooks.kinds import HookKind, kind_of
from voicehub.common.hooks.models import HookAddress
from voicehub.common.local_names import is_local_name
from voicehub.sync import queue
from voicehub.sync.models import RecordState, SyncJob

NOT_TAKEN = (RecordState.WAITING, RecordState.REFUSED, RecordState.FAILED, RecordState.UNCERTAIN)
NAME_AT_FIRST = "VoiceHub"
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
    scripts = ExternalScript.objects.filter(connection=connection()).exclude(sync_state__in=NOT_THERE)
    return scripts.exclude(remote_id="").order_by("pk").first() or scripts.order_by("pk").first()


@transaction.atomic
def register_address(*, user: Any) -> ExternalScript:
    """Have Apidaze load its script here: the one that it has is changed, and only without any is one made.

    Each time there is a new token, and the one before works on for HOOK_OVERLAP_HOURS; but not while Apidaze has not
    taken the last one, or it would be left with one that ends. Raises NotConnectedError, UnreachableError and
    TooLateError.
    """
    check_reachable()
    script = registered_script()
    if script and script.is_ours and script.sync_state in NOT_TAKEN and _is_open(script):
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
    """Have Apidaze load the script as for a call with these parameters. Raises UnreachableError."""
    if script.is_ours:
        check_reachable()
    ExternalScript._base_manager.filter(pk=script.pk).update(test_call=call, test_answer="", tested_at=None)
    return queue.look(script, user)


def why_unheard() -> str:
    """Why callers do not get to the scripts here, and what to do about it; empty when they do."""
    try:
        script = registered_script()
    except NotConnectedError as why:
        return str(why)
    if script is None:
        return _(
            "Apidaze does not ask VoiceHub what to do on a call. Under External scripts, let it answer calls from "
            "here."
        )
    there = script.agreed_values.get("url", "")
    if there and not is_masked(there):
        return _(
            "Apidaze asks another address what to do on a call: %(address)s. Under External scripts, let it answer "
            "calls from here."
        ) % {"address": there}
    if not answers_here(script):
        return _(
            "The inbound address that Apidaze asks is closed, so whoever calls is cut off. Under External scripts, "
            "let it answer calls from here: that makes a new one."
        )
    return (
        "" if there else _("Apidaze has not taken the address of VoiceHub yet. The external script's page says why.")
    )


def script_asking_here() -> ExternalScript | None:
    """The external script with which Apidaze asks at our open address."""
    scripts = ExternalScript.objects.exclude(sync_state__in=NOT_THERE)
    return next(filter(answers_here, scripts), None)


def answers_here(script: ExternalScript) -> bool:
    """Whether the address is ours and open: somebody may have closed it."""
    return script.is_ours and _is_open(script)


def may_be_tested(script: ExternalScript) -> bool:
    return bool(script.remote_id) and script.sync_state not in NOT_THERE


def _is_open(script: ExternalScript) -> bool:
    token = script.secret_url.rstrip("/").rpartition("/")[2]
    return HookAddress.objects.filter(kind=KIND, digest=addresses.digest_of(token)).exists()


def _new_path(user: Any) -> str:
    address = HookAddress.objects.filter(kind=KIND, target="").first()
    if address:
        return addresses.exchange(address, user=user)
    return addresses.make(cast(HookKind, kind_of(KIND)), user=user)
