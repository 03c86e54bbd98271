"""How OTP apps are kept in step with Ourvoice, its senders read from there, and test codes sent through it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from otp import obstacles
from otp.models import OtpApp, Sender, TestCode
from otp.ourvoice import OurvoiceClient, OurvoiceSettings, RemoteSender
from voicehub.common import phones
from voicehub.remote.errors import RemoteError
from voicehub.remote.redaction import MASK
from voicehub.sync import gauges
from voicehub.sync.differences import Values
from voicehub.sync.handlers import OnceOnlyHandler, OnExchange, PullHandler, Receipt
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.registry import Provider, Reading, path_below, register
from voicehub.sync.twins import Listing, TwinHandler

SLUG = "ourvoice"
# Whoever asked for a test code sits before the phone: later nobody wants it any more.
TEST_CODE_WITHIN = timedelta(minutes=10)


def ourvoice_settings() -> OurvoiceSettings:
    return OurvoiceSettings(
        base_url=settings.OURVOICE_BASE_URL.rstrip("/"),
        api_key=settings.OURVOICE_API_KEY,
        connect_timeout=settings.OURVOICE_CONNECT_TIMEOUT,
        read_timeout=settings.OURVOICE_READ_TIMEOUT,
        page_size=settings.OURVOICE_PAGE_SIZE,
        max_pages=settings.OURVOICE_MAX_PAGES,
    )


def _console() -> str:
    """Where a person sees Ourvoice's side; the address of its real dashboard is not documented."""
    return reverse("admin:sandbox_ourvoiceapp_changelist") if settings.VOICEHUB_DEMO else ""


def _reading_of(method: str, url: str, body: str) -> Reading | None:
    path = path_below(ourvoice_settings().base_url, url)
    if method != "GET" or not path or MASK in path:
        return None
    return lambda connection, on_exchange: OurvoiceClient(ourvoice_settings(), on_exchange).read_again(path)


def make_client(connection: Connection, on_exchange: OnExchange) -> OurvoiceClient:
    return OurvoiceClient(ourvoice_settings(), on_exchange)


def _test(connection: Connection, on_exchange: OnExchange) -> None:
    make_client(connection, on_exchange).read_balance()


OURVOICE = Provider(
    slug=SLUG,
    label=gettext_lazy("Ourvoice"),
    base_url=lambda: ourvoice_settings().base_url,
    concurrency=lambda: settings.OURVOICE_CONCURRENCY,
    deadline=lambda: ourvoice_settings().deadline,
    console_url=_console,
    pull_every=lambda: timedelta(seconds=settings.OURVOICE_PULL_SECONDS),
    account=lambda: settings.OURVOICE_ACCOUNT if settings.OURVOICE_API_KEY else "",
    gauges={"balance": gettext_lazy("Balance")},
    reading_of=_reading_of,
    adopts_changes=lambda: settings.OURVOICE_ADOPT_CHANGES,
    test=_test,
)


class _AtOurvoice:
    provider = SLUG

    def client(self, connection: Connection, on_exchange: OnExchange) -> OurvoiceClient:
        return make_client(connection, on_exchange)


class AppSync(_AtOurvoice, TwinHandler):
    model = OtpApp

    def create(self, client: OurvoiceClient, record: OtpApp) -> str:
        return client.create_app(record.values_here()).remote_id

    def update(self, client: OurvoiceClient, record: OtpApp, changed: Values) -> None:
        client.change_app(record.remote_id, changed)

    def remove(self, client: OurvoiceClient, remote_id: str) -> None:
        client.delete_app(remote_id)

    def read(self, client: OurvoiceClient, remote_id: str) -> Values:
        return client.read_app(remote_id).values

    def fetch(self, client: OurvoiceClient) -> Listing:
        return {app.remote_id: app.values for app in client.list_apps()}

    def may_come_from(self, record: OtpApp, values: Values) -> bool:
        return all(values.get(name) in record.may_have_sent(name) for name in ("name", "sender_id"))


class AccountReading(NamedTuple):
    """What is read of the account itself: its senders, and its balance where Ourvoice tells it."""

    senders: list[RemoteSender]
    balance: Decimal | None


class SenderSync(_AtOurvoice, PullHandler):
    model = Sender

    def fetch(self, client: OurvoiceClient) -> AccountReading:
        return AccountReading(client.list_senders(), _balance(client))

    def absorb(self, connection: Connection, fetched: AccountReading, *, is_confirmed: bool) -> str:
        if fetched.balance is not None:
            gauges.record(connection, {"balance": money(fetched.balance)})
        return self._absorb_senders(connection, fetched.senders)

    def _absorb_senders(self, connection: Connection, senders: list[RemoteSender]) -> str:
        if not senders:
            return _("Ourvoice does not list its senders.")
        for sender in senders:
            Sender.objects.update_or_create(
                connection=connection, remote_id=sender.remote_id, defaults={"name": sender.name}
            )
        listed = [sender.remote_id for sender in senders]
        Sender.objects.filter(connection=connection).exclude(remote_id__in=listed).delete()
        return ngettext("%(count)d sender.", "%(count)d senders.", len(senders)) % {"count": len(senders)}


def _balance(client: OurvoiceClient) -> Decimal | None:
    """None where Ourvoice does not tell it: a figure on a card is not worth a failure."""
    try:
        return client.read_balance()
    except RemoteError:
        return None


def money(amount: Decimal) -> str:
    """ "1,234 XOF", or "1,234.50 XOF": the currency of every Ourvoice account."""
    return f"{amount:,.0f} XOF" if amount == amount.to_integral_value() else f"{amount:,.2f} XOF"


class TestCodeSync(_AtOurvoice, OnceOnlyHandler):
    model = TestCode

    def send_within(self) -> timedelta:
        return TEST_CODE_WITHIN

    def records(self) -> Any:
        return TestCode._base_manager.select_related("app__connection")

    def obstacle(self, record: TestCode) -> str:
        return obstacles.obstacle(record)

    def columns_when_done(self, job: SyncJob) -> dict[str, Any]:
        return {"sent_at": job.started_at}

    def send(self, client: OurvoiceClient, record: TestCode) -> Receipt:
        app_id = record.app.remote_id if record.app else ""
        sent = client.send_code(app_id, phones.digits(record.number))
        words = _("Ourvoice took it, and says: %(status)s.") if sent.status else _("Ourvoice took it.")
        return Receipt(words % {"status": sent.status}, {"cost": sent.cost, "provider_status": sent.status})


register(OURVOICE, AppSync(), SenderSync(), TestCodeSync())
