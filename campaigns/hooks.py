"""What VoiceShot posts to us: how calls ended, keys while they go on, and calls and texts of others to us."""

import json
from base64 import b64encode
from functools import partial
from hmac import compare_digest

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import inbound, pressed
from campaigns.models import Campaign, InboundPost
from campaigns.pressed import Answer
from campaigns.voiceshot import reading, xml
from campaigns.voiceshot.reading import InboundTold, Kind
from voicehub.common.hooks import HookAnswer, HookKind, Inbound, Kept, register
from voicehub.common.hooks.models import HookRequest

XML = "text/xml"
REALM = 'Basic realm="VoiceHub"'
Outcome = HookRequest.Outcome
# Only what is not kept is answered with anything but 200: then VoiceShot may post it again.
STATUSES: dict[str, int] = {
    Outcome.TOO_LARGE: 413,
    Outcome.UNREADABLE: 400,
    Outcome.LIMITED: 429,
    Outcome.FAILED: 500,
}


class VoiceShotPosts(HookKind):
    """Summaries and events of VoiceShot: an empty answer, or one call command for a key that was pressed."""

    slug, label = "voiceshot", gettext_lazy("Results from VoiceShot")

    @property
    def max_bytes(self) -> int:
        return settings.VOICESHOT_MAX_POST_BYTES

    @property
    def most_a_minute(self) -> int:
        return settings.VOICESHOT_POSTS_PER_MINUTE

    def answer(self, request: Inbound) -> HookAnswer:
        if not is_let_in(request.authorization):
            return refusal(
                401, _("The name or the password was wrong."), {"WWW-Authenticate": 'Basic realm="VoiceHub"'}
            )
        if request.method != "POST":
            return refusal(405, _("It was no post."), {"Allow": "POST"})
        try:
            told = reading.read(request.body)
        except xml.UnreadableError:
            return HookAnswer(content_type=XML, words=_("Not kept: this is no post of VoiceShot's."))
        inbound.keep(told)
        return _answered(told)

    def on_failure(self, outcome: str) -> HookAnswer:
        return HookAnswer(content_type=XML, status=STATUSES[outcome])

    def kept(self, request: Inbound) -> Kept:
        """What is not understood may hold anything."""
        return Kept()

    def relied_on(self, target: str) -> str:
        live = Campaign.objects.filter(state__in=Campaign.LIVE).count()
        words = _(
            "%d campaigns are under way: their results are then asked for now and then only, and keys do nothing."
        )
        return words % live if live else ""

    def left_to_do(self, target: str) -> str:
        enter = _(
            "Enter it on VoiceShot's site, for call summaries and for call events, with every campaign there that "
            "VoiceHub calls by. Then press the test beside it."
        )
        return f"{enter} {_signing_in()}"


def is_let_in(authorization: str) -> bool:
    """Whether the header is that of VOICESHOT_HOOK_USER and its password; anything is where there are none."""
    user, password = settings.VOICESHOT_HOOK_USER, settings.VOICESHOT_HOOK_PASSWORD
    scheme, _blank, given = authorization.partition(" ")
    wanted = b64encode(f"{user}:{password}".encode())
    is_right = compare_digest(given.strip().encode(errors="replace"), wanted) and scheme.lower() == "basic"
    return is_right or not (user or password)


def refusal(status: int, words: str, headers: dict[str, str]) -> HookAnswer:
    return HookAnswer(status=status, headers=headers, words=words)


def _answered(told: InboundTold) -> HookAnswer:
    is_key = told.kind == Kind.KEY
    answer = pressed.answer(told.call) if is_key else Answer(b"", str(InboundPost.Kind(told.kind).label))
    return HookAnswer(answer.body, XML, words=answer.words, keep=partial(_kept, told, answer.body))


def _kept(told: InboundTold, command: bytes) -> Kept:
    """Recordings are not in it."""
    said = {"kind": told.kind, "menuid": told.call.menuid, "number": told.number, **told.as_said}
    return Kept(told.call.callid, body=json.dumps(said, ensure_ascii=False), told=command.decode())


def _signing_in() -> str:
    if not settings.VOICESHOT_HOOK_USER and not settings.VOICESHOT_HOOK_PASSWORD:
        return _("There it needs no name and no password.")
    words = _("With it, enter the name %(name)s and the password of the setting VOICESHOT_HOOK_PASSWORD.")
    return words % {"name": settings.VOICESHOT_HOOK_USER or _("(none)")}


register(VoiceShotPosts())
