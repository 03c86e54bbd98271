"""How VoiceHub reaches VoiceShot. Nothing can be listed there, so nothing is compared."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy

from campaigns.voiceshot import VoiceShotClient, VoiceShotSettings, xml
from voicehub.sync.handlers import OnExchange
from voicehub.sync.models import Connection
from voicehub.sync.registry import Provider, Reading, register

SLUG = "voiceshot"


def voiceshot_settings() -> VoiceShotSettings:
    return VoiceShotSettings(
        url=settings.VOICESHOT_URL,
        failover_url=settings.VOICESHOT_FAILOVER_URL,
        username=settings.VOICESHOT_USERNAME,
        password=settings.VOICESHOT_PASSWORD,
        connect_timeout=settings.VOICESHOT_CONNECT_TIMEOUT,
        read_timeout=settings.VOICESHOT_READ_TIMEOUT,
        upload_timeout=settings.VOICESHOT_UPLOAD_TIMEOUT,
    )


def make_client(connection: Connection, on_exchange: OnExchange) -> VoiceShotClient:
    return VoiceShotClient(voiceshot_settings(), on_exchange)


def _base_url() -> str:
    address = urlsplit(settings.VOICESHOT_URL)
    return f"{address.scheme}://{address.netloc}"


def _test(connection: Connection, on_exchange: OnExchange) -> None:
    make_client(connection, on_exchange).test_configuration()


def _reading_of(method: str, url: str, body: str) -> Reading | None:
    """VoiceShot is asked by POST, and what for stands in the XML."""
    if url not in (settings.VOICESHOT_URL, settings.VOICESHOT_FAILOVER_URL):
        return None
    try:
        asked = xml.read(body.encode())
    except xml.UnreadableError:
        return None
    if asked.get("action") == xml.TEST:
        return _test
    if asked.get("action") != xml.QUERY:
        return None
    menuid, callids = asked.get("menuid", ""), [one.get("callid", "") for one in asked.iter("phonenumber")]
    return lambda connection, on_exchange: make_client(connection, on_exchange).query_calls(menuid, callids)


VOICESHOT = Provider(
    slug=SLUG,
    label=gettext_lazy("VoiceShot"),
    base_url=_base_url,
    concurrency=lambda: settings.VOICESHOT_CONCURRENCY,
    deadline=lambda: voiceshot_settings().deadline,
    account=lambda: settings.VOICESHOT_ACCOUNT,
    test=_test,
    reading_of=_reading_of,
)

register(VOICESHOT)
