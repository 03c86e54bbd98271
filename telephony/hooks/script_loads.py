"""Script loads: Apidaze asks what is to happen on a call, while somebody holds the line."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony import services
from telephony.models import ScriptVersion
from telephony.publication import obstacle_to_dialling
from telephony.script_address import KIND, NOTHING_PUBLISHED, masked
from telephony.scripts.answers import CONTENT_TYPE, HANGUP, answer, would_ring_again
from telephony.scripts.variables import LONGEST_VALUE, SCRIPT_PARAMETER
from voicehub.common.hooks import HookAnswer, HookKind, Inbound, Kept, register

MOST_PARAMETERS = 60
# These are kept whatever else is sent: they say which call it is, and how it went.
KEPT_FIRST = ("session_id", "exiting", "hangup_cause", "bridge_status", "XML_error", "dialed_digits")
LONGEST_SESSION = 100


class ScriptLoads(HookKind):
    """Whatever comes in, and whatever goes wrong, Apidaze gets a 200 with XML that it can follow."""

    slug, label = KIND, gettext_lazy("Script loads of Apidaze")
    max_bytes = 1_000_000

    def answer(self, request: Inbound) -> HookAnswer:
        called = request.parameters
        if called.get("exiting", "").strip().lower() == "true":
            return hangup(_("The end of the call."))
        version = version_for(called)
        if version is None:
            return hangup(_why_none(called), NOTHING_PUBLISHED)
        if obstacle := obstacle_to_dialling(version.text):
            words = _("%(script)s was not served. %(why)s") % {"script": version, "why": obstacle}
            return hangup(words, NOTHING_PUBLISHED)
        if called.get("bridge_status", "").strip() == "SUCCESS" and would_ring_again(version.text):
            return hangup(_("Somebody had answered, so nobody was rung again."))
        body = answer(version.text, called, settings.OWN_BASE_URL + request.path)
        return HookAnswer(body, CONTENT_TYPE, words=str(version), source=str(version.pk))

    def on_failure(self, outcome: str) -> HookAnswer:
        return hangup("")

    def kept(self, request: Inbound) -> Kept:
        """All parameters, cut to what a person can read; the address that they name without its token."""
        called = request.parameters
        names = list(dict.fromkeys([*filter(called.__contains__, KEPT_FIRST), *called]))[:MOST_PARAMETERS]
        said = {name[:LONGEST_VALUE]: masked(called[name][:LONGEST_VALUE]) for name in names}
        return Kept(said.get("session_id", "").strip()[:LONGEST_SESSION], urlencode(said, errors="replace"))

    def relied_on(self, target: str) -> str:
        words = _("The external script %s asks here what to do on a call: from then on, whoever calls is cut off.")
        return " ".join(words % script for script in services.scripts_asking_here())

    def left_to_do(self, target: str) -> str:
        if services.follows_address():
            return ""
        return _("Have Apidaze ask here: under External scripts, press “Answer calls from here”.")

    def handed_out(self, target: str, path: str, user: Any) -> None:
        services.follow_address(settings.OWN_BASE_URL + path, user=user)


def hangup(words: str, source: str = "") -> HookAnswer:
    return HookAnswer(HANGUP, CONTENT_TYPE, words=words, source=source)


def version_for(called: Mapping[str, str]) -> ScriptVersion | None:
    """The published script that a load asks for by name, else the one of the number that was called."""
    if name := called.get(SCRIPT_PARAMETER, ""):
        return ScriptVersion.objects.named(name)
    return ScriptVersion.objects.answering(plain_number(called.get("destination_number", "")))


def plain_number(text: str) -> str:
    """A number as scripts have it, digits with the country code, from +31 20 123 4567 or 0031201234567."""
    return "".join(one for one in text[:50] if one in "0123456789").removeprefix("00")


def _why_none(called: Mapping[str, str]) -> str:
    if name := called.get(SCRIPT_PARAMETER, ""):
        return _("No script named %s is published. Publish it, or lead to another one.") % name[:40]
    number = called.get("destination_number", "")[:40] or _("(not told)")
    text = _("No published script answers %s, and there is no default. Choose one as the default.")
    return text % number


register(ScriptLoads())
