"""What VoiceShot can be asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from campaigns.voiceshot import files, xml
from campaigns.voiceshot.answers import accepted, calls_of
from campaigns.voiceshot.records import Post, SeenCall
from voicehub.remote.errors import RateLimitedError, UnavailableError
from voicehub.remote.http import ApiClient, ExchangeRecord, Request, Response, Timeouts
from voicehub.remote.redaction import Redactor

GRACE_SECONDS = 5
HEADERS = {"Content-Type": "text/xml"}
# A callid that was never given out: whether VoiceShot has a menu is asked by it.
NO_CALL = "voicehub-is-asking"


@dataclass(frozen=True)
class VoiceShotSettings:
    """Where VoiceShot is; times in seconds. Without a `failover_url` there is no second address."""

    url: str
    failover_url: str
    username: str
    password: str = field(repr=False)
    connect_timeout: float
    read_timeout: float
    upload_timeout: float

    @property
    def deadline(self) -> float:
        """The longest one call may take: a failed connection first, then an upload to the second address."""
        return 2 * self.connect_timeout + max(self.upload_timeout, self.read_timeout) + 2 * GRACE_SECONDS


class VoiceShotClient:
    """The account that the computer's address is registered for. Raises the errors of `voicehub.remote.errors`.

    A refusal by VoiceShot's error number is a `RefusalError`, which is a RejectedError.
    """

    def __init__(self, config: VoiceShotSettings, on_exchange: Callable[[ExchangeRecord], None]) -> None:
        self._config = config
        self._on_exchange = on_exchange

    def send_calls(self, post: Post) -> str:
        """Start calls, all or none of them. Never to be repeated: VoiceShot calls again. Returns its comment.

        Raises UnavailableError, too, where VoiceShot asks to wait: nothing of it was taken.
        """
        try:
            return accepted(self._send(xml.post(post), once_only=True))
        except RateLimitedError as error:
            raise UnavailableError(str(error)) from error

    def query_calls(self, menuid: str, callids: Sequence[str]) -> list[SeenCall]:
        """What VoiceShot knows of these calls; those that it does not know are left out."""
        return calls_of(self._send(xml.about_calls(xml.QUERY, menuid, callids))) if callids else []

    def delete_calls(self, menuid: str, callids: Sequence[str]) -> None:
        """Delete those of the calls that do not dial yet."""
        if callids:
            accepted(self._send(xml.about_calls(xml.DELETE, menuid, callids)))

    def pause(self, menuid: str) -> None:
        """Hold all waiting calls of the menu, whoever has posted them."""
        accepted(self._send(xml.campaign(xml.PAUSE, menuid=menuid)))

    def resume(self, menuid: str) -> None:
        """Let the waiting calls of the menu go again."""
        accepted(self._send(xml.campaign(xml.RESUME, menuid=menuid)))

    def check_menu(self, menuid: str) -> None:
        """Raises RefusalError where VoiceShot has no such menu, or does not let us at it."""
        self.query_calls(menuid, [NO_CALL])

    def save_file(self, name: str, file: files.SoundFile) -> str:
        """Have a WAV file kept under a name, in place of one that has it; it is streamed. Returns the comment."""
        with files.opened(file) as content:
            body = files.FileBody(self._signed(files.saving(name)), content, file.size)
            return accepted(self._deliver(body, once_only=True, silence=self._config.upload_timeout))

    def delete_file(self, name: str) -> None:
        """Delete the file of this name."""
        accepted(self._send(files.deleting(name)))

    def test_configuration(self) -> str:
        """Have VoiceShot look whether it lets us in; nothing happens. Returns its comment."""
        return accepted(self._send(xml.campaign(xml.TEST)))

    def _send(self, root: xml.Element, *, once_only: bool = False) -> Response:
        body = xml.written(self._signed(root))
        return self._deliver(body, once_only=once_only, silence=self._config.read_timeout)

    def _signed(self, root: xml.Element) -> xml.Element:
        if self._config.username and self._config.password:
            root.set("username", self._config.username)
            root.set("password", self._config.password)
        return root

    def _deliver(self, body: bytes | files.FileBody, *, once_only: bool, silence: float) -> Response:
        """The second address is asked only where the first one surely got nothing."""
        talk = self._talk(silence)
        request = Request("POST", self._config.url, headers=HEADERS, body=body, once_only=once_only)
        try:
            return talk.send(request)
        except UnavailableError:
            if not self._config.failover_url:
                raise
        return talk.send(replace(request, path=self._config.failover_url))

    def _talk(self, silence: float) -> ApiClient:
        connect = self._config.connect_timeout
        return ApiClient(
            "",
            timeouts=Timeouts(connect, silence, connect + silence + GRACE_SECONDS),
            redactor=Redactor(["username", "password"], [self._config.username, self._config.password]),
            on_exchange=self._on_exchange,
        )
