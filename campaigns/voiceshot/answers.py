"""What an answer of VoiceShot means: the body counts, and one error number stands for the whole post."""

from collections.abc import Iterator
from http import HTTPStatus

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.voiceshot import xml
from campaigns.voiceshot.records import SeenCall, e164
from voicehub.remote.errors import (
    RateLimitedError,
    RejectedError,
    RemoteError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.remote.http import Response, retry_after

OK, NO_SUCH_CALL = "0", "6"
LONGEST_TEXT = 255
WORDS = {
    "1": gettext_lazy("The address that VoiceHub posts from is not registered there. Enter it on VoiceShot's site."),
    "2": gettext_lazy("The free trial has ended. Go on with VoiceShot's billing."),
    "3": gettext_lazy("It could not read the XML. Tell an administrator."),
    "4": gettext_lazy("The post has no action. Tell an administrator."),
    "5": gettext_lazy("The menuid is missing. Enter it in the menu."),
    "6": gettext_lazy("A callid is missing. Tell an administrator."),
    "7": gettext_lazy("It could not make sense of the post. Tell an administrator."),
    "8": gettext_lazy("A phone number is missing or is none. Look at the recipients."),
    "9": gettext_lazy("The caller id is not authorised there, or is not a number of ten digits. Look at the menu."),
    "10": gettext_lazy("A date or time is not one. Tell an administrator."),
    "11": gettext_lazy("The number of a prompt is missing. Look at the campaign's prompts."),
    "12": gettext_lazy("A prompt has no words. Look at the campaign's prompts."),
    "13": gettext_lazy("The name of a sound file is missing. Look at the campaign's prompts."),
    "14": gettext_lazy("A prompt is missing or in the wrong place. Look at the campaign's prompts."),
    "15": gettext_lazy("The prompts are missing or in the wrong place. Look at the campaign's prompts."),
    "16": gettext_lazy("A phone number is missing or in the wrong place. Tell an administrator."),
    "17": gettext_lazy("The phone numbers are missing or in the wrong place. Tell an administrator."),
    "18": gettext_lazy("The campaign is missing or in the wrong place. Tell an administrator."),
    "19": gettext_lazy("There is no campaign with this menuid there. Compare the menuid with VoiceShot's site."),
    "20": gettext_lazy("Something about the file is missing or wrong. Look at its name."),
    "21": gettext_lazy("The file is no WAV that it can play. Save it as PCM, 16 bits, mono, and upload it again."),
}
FIELDS = {"19": "menuid", "9": "caller_id", "21": "file", "20": "name"}


class RefusalError(RejectedError):
    """VoiceShot's error number says no: nothing of the post was taken."""

    def __init__(self, errorid: str, comment: str) -> None:
        super().__init__(_refusal(errorid, comment), _fields(errorid))
        self.errorid = errorid


def accepted(response: Response) -> str:
    """VoiceShot's comment on what it has taken. Raises what any other answer means."""
    root = _campaign(response)
    errorid = xml.attribute(root, "errorid")
    if not errorid or errorid != OK:
        _refuse(errorid, root)
    return _comment(root)


def calls_of(response: Response) -> list[SeenCall]:
    """The calls that a query tells of; what it does not know is left out. Raises what any other answer means."""
    root = _campaign(response)
    errorid = xml.attribute(root, "errorid")
    if errorid == NO_SUCH_CALL:
        return []
    if errorid and errorid != OK:
        _refuse(errorid, root)
    blocks = list(xml.children(root, "phonenumbers"))
    if not blocks:
        raise UnexpectedResponseError(_("VoiceShot's answer says nothing about calls."))
    return list(_calls_in(blocks, xml.attribute(root, "menuid")))


def call_in(element: xml.Element, menuid: str = "") -> SeenCall:
    """What an element with the attributes of a call tells."""
    duration = xml.attribute(element, "duration")
    return SeenCall(
        callid=xml.attribute(element, "callid")[:50].lower(),
        menuid=xml.attribute(element, "menuid")[:22] or menuid,
        number=e164(xml.attribute(element, "number", "phonenumber")),
        status=xml.attribute(element, "status")[:50],
        text=xml.attribute(element, "comment", "lasterror")[:LONGEST_TEXT],
        keys=dict(keys_in(element)),
        duration=int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 8 else None,
    )


def keys_in(element: xml.Element) -> Iterator[tuple[str, str]]:
    """What was pressed, by promptid."""
    for block in xml.children(element, "prompts"):
        for prompt in xml.children(block, "prompt"):
            if keys := xml.attribute(prompt, "keypress"):
                yield xml.attribute(prompt, "promptid")[:10], keys[:40]


def _calls_in(blocks: list[xml.Element], menuid: str) -> Iterator[SeenCall]:
    for block in blocks:
        for phone in xml.children(block, "phonenumber"):
            yield call_in(phone, menuid[:22])


def _campaign(response: Response) -> xml.Element:
    """The answer's top element, where the status lets it count."""
    try:
        root = xml.read(response.body)
    except xml.UnreadableError:
        root = None
    is_told = root is not None and xml.is_named(root, "campaign")
    if is_told and _counts(response, xml.attribute(root, "errorid")):
        return root
    raise _unknown(response)


def _counts(response: Response, errorid: str) -> bool:
    """A refusal counts with any status but a server's error; anything else with a success alone."""
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    is_2xx = HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES
    return is_2xx or errorid not in ("", OK)


def _unknown(response: Response) -> RemoteError:
    status = response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimitedError(_("VoiceShot asked to wait."), retry_after(response))
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RejectedError(_("VoiceShot refused without a reason, status %(status)d.") % {"status": status})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        words = _("VoiceShot answered with an error (%(status)d), which does not say whether it was done.")
        return UncertainError(words % {"status": status})
    return UnexpectedResponseError(_("VoiceShot's answer does not say whether it was done."))


def _refuse(errorid: str, root: xml.Element) -> None:
    if not errorid.isdecimal():
        raise UnexpectedResponseError(_("VoiceShot's answer does not say whether it was done."))
    raise RefusalError(errorid, _comment(root))


def _comment(root: xml.Element) -> str:
    return " ".join(xml.attribute(root, "comment").split())[:LONGEST_TEXT]


def _refusal(errorid: str, comment: str) -> str:
    ours = WORDS.get(errorid, gettext_lazy("It gives a reason that is not documented."))
    said = f"{errorid}: {comment}" if comment else errorid
    return _("VoiceShot refused (%(said)s). %(ours)s") % {"said": said, "ours": ours}


def _fields(errorid: str) -> dict[str, list[str]]:
    return {FIELDS[errorid]: [str(WORDS[errorid])]} if errorid in FIELDS else {}
