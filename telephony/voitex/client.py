"""What Voitex can be asked."""

import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO, Protocol

from django.utils.translation import gettext as _

from telephony.voitex.answers import Told, success
from telephony.voitex.contacts import HOME, RemoteContact
from telephony.voitex.numbers import ten_digits
from telephony.voitex.receipts import SmsReceipt, recording_id, reference_of
from voicehub.remote.errors import ConfigurationError, NotFoundError, RejectedError
from voicehub.remote.http import ApiClient, ExchangeRecord, Request, Timeouts
from voicehub.remote.multipart import FilePart
from voicehub.remote.redaction import Redactor

# No number in use begins like this one, which is reserved for tests.
NOBODY = "+15005550000"
GRACE_SECONDS = 5
NO_CONTACT = "no contact found"
JSON = {"Accept": "application/json"}


class SoundFile(Protocol):
    """A recording that can be opened when it is sent; `size` in bytes. Django's files are such."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int: ...

    def open(self) -> BinaryIO: ...


@dataclass(frozen=True)
class VoitexSettings:
    """Where Voitex is and how it is spoken to; times in seconds. Without `contacts_url` it has no contacts."""

    auth_key: str = field(repr=False)
    auth_header: str
    upload_url: str
    tts_url: str
    call_url: str
    sms_url: str
    contacts_url: str
    can_replace: bool
    connect_timeout: float
    read_timeout: float
    upload_timeout: float

    @property
    def deadline(self) -> float:
        """The longest one request may take: an upload."""
        return self.connect_timeout + max(self.upload_timeout, self.read_timeout) + GRACE_SECONDS


class VoitexClient:
    """The account of one key. Raises the errors of `voicehub.remote.errors` and no others.

    Numbers are in E.164, and RejectedError is raised before anything is sent for one that is not of North America.
    Each call has a connection of its own: a kept one that turns out closed would leave open what was done.
    """

    def __init__(self, config: VoitexSettings, on_exchange: Callable[[ExchangeRecord], None]) -> None:
        self._config = config
        self._on_exchange = on_exchange

    def upload_recording(
        self, *, album: str, sort: str, name: str, file: SoundFile, is_replacing: bool = False
    ) -> str:
        """Upload a sound file, which is streamed. Returns Voitex's id; empty where it is not told.

        `is_replacing` first deletes what has the album and sort number at Voitex.
        """
        place = self._place(album, sort, is_replacing=is_replacing)
        label = {"display_name": name} if name else {}
        with _opened(file) as content:
            sound = FilePart(_file_name(file), content, file.size, _content_type(file))
            request = _post(self._config.upload_url, {**place, **label, "upload_file": sound})
            return recording_id(self._send(request, silence=self._config.upload_timeout))

    def create_speech(self, *, album: str, sort: str, text: str, is_replacing: bool = False) -> str:
        """Have Voitex make a recording of a text. Returns as `upload_recording` does."""
        place = self._place(album, sort, is_replacing=is_replacing)
        return recording_id(self._send(_post(self._config.tts_url, {**place, "type": "tts", "text": text})))

    def place_call(self, *, caller: str, to: str, route: str, branch: str) -> str:
        """Have a number called, which hears the `branch` of the hotline `route`; it is shown the hotline `caller`.

        Returns the reference id; empty where it is not told.
        """
        form = {
            "cid": ten_digits(caller, "cid"),
            "to": ten_digits(to, "to"),
            "type": "goto",
            "route_number": ten_digits(route, "route_number"),
            "branch_number": branch,
        }
        return reference_of(self._send(_post(self._config.call_url, form)))

    def send_sms(self, *, sender: str, to: str, body: str) -> SmsReceipt:
        """Send a text from a hotline that can. The text is kept in no exchange."""
        form = {"from": ten_digits(sender, "from"), "to": ten_digits(to, "to"), "body": body}
        on_one_line = " ".join(body.split())
        told = self._send(_post(self._config.sms_url, form), secrets=(body, on_one_line))
        return SmsReceipt.parse(told, form["from"])

    def find_contact(self, phone: str) -> RemoteContact | None:
        """The contact that has this number; None where none has it."""
        try:
            return RemoteContact.parse(self._contacts("select", {"phone": ten_digits(phone, "phone")}))
        except NotFoundError:
            return None

    def create_contact(
        self,
        phones: Sequence[str],
        *,
        kind: str = HOME,
        first_name: str = "",
        last_name: str = "",
        label: str = "",
    ) -> None:
        """Make a contact with these numbers, all of one `kind` (H or M); what is empty is not sent."""
        given = {"first_name": first_name, "last_name": last_name, "label": label}
        numbers = ",".join(ten_digits(phone, "phone") for phone in phones)
        self._contacts(
            "create",
            {"phone": numbers, "phone_type": kind, **{name: text for name, text in given.items() if text}},
        )

    def update_contact(self, phone: str, values: Mapping[str, str]) -> None:
        """Change the contact that has this number. `values` go by Voitex's names; an empty text clears.

        Numbers in `add_phone` and `remove_phone` are in E.164. Raises NotFoundError where no contact has the number.
        """
        numbers = {name: ten_digits(values[name], name) for name in ("add_phone", "remove_phone") if name in values}
        self._contacts("update", {"phone": ten_digits(phone, "phone"), **values, **numbers})

    def delete_contact(self, phone: str) -> None:
        """Delete the whole contact that has this number. Raises NotFoundError where none has it."""
        self._contacts("delete", {"phone": ten_digits(phone, "phone")})

    def test_connection(self) -> None:
        """Raise what keeps Voitex from answering: the only question without an effect is one for a contact."""
        if not self._config.contacts_url:
            raise ConfigurationError(
                _(
                    "In revision A of its interface nothing can be asked of Voitex without an effect: the first "
                    "upload, call or text shows whether the key is good."
                )
            )
        self.find_contact(NOBODY)

    def _place(self, album: str, sort: str, *, is_replacing: bool) -> dict[str, str]:
        place = {"album_number": album, "sort_number": sort}
        if not is_replacing:
            return place
        if not self._config.can_replace:
            raise RejectedError(_("Voitex replaces a recording only in revision B of its interface."))
        return {**place, "override": "yes"}

    def _contacts(self, function: str, form: Mapping[str, str]) -> Told:
        """Raises NotFoundError where no contact has the number."""
        if not self._config.contacts_url:
            raise ConfigurationError(
                _("Voitex has contacts only in revision B of its interface. Set VOITEX_REVISION=b.")
            )
        asked = {"function": function, **form}
        try:
            return self._send(Request("POST", self._config.contacts_url, headers=JSON, form=asked, once_only=True))
        except RejectedError as refusal:
            if NO_CONTACT in str(refusal).lower():
                raise NotFoundError(_("Voitex has no contact with this number.")) from refusal
            raise

    def _send(self, request: Request, *, silence: float | None = None, secrets: Sequence[str] = ()) -> Told:
        """The one way to ask. What is returned is a success."""
        redactor = Redactor([self._config.auth_header, "body"], [self._config.auth_key, *secrets])
        response = self._talk(redactor, silence or self._config.read_timeout).send(request)
        return success(response, redactor.text)

    def _talk(self, redactor: Redactor, silence: float) -> ApiClient:
        connect = self._config.connect_timeout
        return ApiClient(
            "",
            timeouts=Timeouts(connect, silence, connect + silence + GRACE_SECONDS),
            redactor=redactor,
            on_exchange=self._on_exchange,
            authorize=self._authorization,
        )

    def _authorization(self) -> dict[str, str]:
        if not self._config.auth_key:
            raise ConfigurationError(_("There is no key for Voitex. Set VOITEX_AUTH_KEY and start VoiceHub again."))
        return {self._config.auth_header: self._config.auth_key}


def _post(url: str, parts: Mapping[str, str | FilePart]) -> Request:
    """A form of parts, also where no file is among them: Voitex wants it so."""
    return Request("POST", url, headers=JSON, multipart=parts, once_only=True)


def _opened(file: SoundFile) -> BinaryIO:
    """Raises RejectedError where there is no such file any more."""
    try:
        return file.open()
    except FileNotFoundError:
        raise RejectedError(_("The sound file is not in VoiceHub any more. Upload it again.")) from None


def _file_name(file: SoundFile) -> str:
    return PurePath(file.name or "recording").name


def _content_type(file: SoundFile) -> str:
    return mimetypes.guess_type(_file_name(file))[0] or "application/octet-stream"
