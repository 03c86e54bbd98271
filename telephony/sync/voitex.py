"""How VoiceHub reaches Voitex. Nothing can be listed there, so nothing is compared."""

from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy

from telephony.voitex import VoitexClient, VoitexSettings
from voicehub.sync.handlers import OnExchange
from voicehub.sync.models import Connection
from voicehub.sync.registry import Provider, Reading, register

SLUG = "voitex"
HOME = "https://api.voitex.com"
# The hosts of either revision: both lead to the same account.
ITS_OWN = ("voitex.com", "voitexapi.com")


def voitex_settings() -> VoitexSettings:
    return VoitexSettings(
        auth_key=settings.VOITEX_AUTH_KEY,
        auth_header=settings.VOITEX_AUTH_HEADER,
        upload_url=settings.VOITEX_UPLOAD_URL,
        tts_url=settings.VOITEX_TTS_URL,
        call_url=settings.VOITEX_CALL_URL,
        sms_url=settings.VOITEX_SMS_URL,
        contacts_url=settings.VOITEX_CONTACTS_URL,
        can_replace=settings.VOITEX_REVISION == "b",
        connect_timeout=settings.VOITEX_CONNECT_TIMEOUT,
        read_timeout=settings.VOITEX_READ_TIMEOUT,
        upload_timeout=settings.VOITEX_UPLOAD_TIMEOUT,
    )


def make_client(connection: Connection, on_exchange: OnExchange) -> VoitexClient:
    return VoitexClient(voitex_settings(), on_exchange)


def _base_url() -> str:
    """The account's address. It stays the same from one revision to the other, which have hosts of their own."""
    address = urlsplit(settings.VOITEX_UPLOAD_URL)
    is_its_own = ".".join((address.hostname or "").split(".")[-2:]) in ITS_OWN
    return HOME if is_its_own and address.scheme == "https" else f"{address.scheme}://{address.netloc}"


def _test(connection: Connection, on_exchange: OnExchange) -> None:
    make_client(connection, on_exchange).test_connection()


def _reading_of(method: str, url: str, body: str) -> Reading | None:
    """Voitex tells of contacts alone, and wants to be asked by POST."""
    asked = dict(parse_qsl(body))
    if not url or url != settings.VOITEX_CONTACTS_URL or asked.get("function") != "select":
        return None
    phone = f"+1{asked.get('phone', '')}"
    return lambda connection, on_exchange: make_client(connection, on_exchange).find_contact(phone)


VOITEX = Provider(
    slug=SLUG,
    label=gettext_lazy("Voitex"),
    base_url=_base_url,
    concurrency=lambda: settings.VOITEX_CONCURRENCY,
    deadline=lambda: voitex_settings().deadline,
    account=lambda: settings.VOITEX_ACCOUNT if settings.VOITEX_AUTH_KEY else "",
    test=_test,
    reading_of=_reading_of,
)

register(VOITEX)
