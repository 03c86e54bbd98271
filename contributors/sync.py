"""How contributors are read from OutVoice and payments are sent there."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contributors import notices, obstacles, sequence
from contributors.models import Contributor, Transaction
from contributors.outvoice import OutVoiceClient, OutVoiceSettings, RemotePayee
from voicehub.remote.redaction import MASK
from voicehub.sync.handlers import OnceOnlyHandler, OnExchange, PullHandler, Receipt
from voicehub.sync.missing import ask_whether_gone
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.registry import Provider, Reading, path_below, register
from voicehub.sync.tokens import DatabaseTokenStore

SLUG = "outvoice"
CONSOLE = "https://app.outvoice.com/"


def outvoice_settings() -> OutVoiceSettings:
    return OutVoiceSettings(
        base_url=settings.OUTVOICE_BASE_URL.rstrip("/"),
        token_path=settings.OUTVOICE_TOKEN_PATH,
        api_prefix=settings.OUTVOICE_API_PREFIX,
        transaction_path=settings.OUTVOICE_TRANSACTION_PATH,
        client_id=settings.OUTVOICE_CLIENT_ID,
        connect_timeout=settings.OUTVOICE_CONNECT_TIMEOUT,
        read_timeout=settings.OUTVOICE_READ_TIMEOUT,
        refresh_margin=settings.OUTVOICE_REFRESH_MARGIN,
    )


def _console() -> str:
    """Where a person sees OutVoice's side: in the demo that is the sandbox's ledger."""
    return reverse("admin:sandbox_outvoicepayment_changelist") if settings.VOICEHUB_DEMO else CONSOLE


def _reading_of(method: str, url: str, body: str) -> Reading | None:
    config = outvoice_settings()
    resource = path_below(config.base_url + config.api_prefix, url)
    if method != "GET" or not resource or MASK in resource:
        return None
    return lambda connection, on_exchange: make_client(connection, on_exchange).read_again(resource)


def make_client(connection: Connection, on_exchange: OnExchange) -> OutVoiceClient:
    return OutVoiceClient(outvoice_settings(), DatabaseTokenStore(connection.pk), on_exchange)


def _test(connection: Connection, on_exchange: OnExchange) -> None:
    make_client(connection, on_exchange).auth_check()


OUTVOICE = Provider(
    slug=SLUG,
    label=gettext_lazy("OutVoice"),
    base_url=lambda: outvoice_settings().base_url,
    concurrency=lambda: settings.OUTVOICE_CONCURRENCY,
    deadline=lambda: outvoice_settings().deadline,
    console_url=_console,
    pull_every=lambda: timedelta(seconds=settings.OUTVOICE_PULL_SECONDS),
    reading_of=_reading_of,
    test=_test,
)


class _AtOutVoice:
    provider = SLUG

    def client(self, connection: Connection, on_exchange: OnExchange) -> OutVoiceClient:
        return make_client(connection, on_exchange)


class ContributorSync(_AtOutVoice, PullHandler):
    model = Contributor

    def fetch(self, client: OutVoiceClient) -> list[RemotePayee]:
        return client.list_freelancers()

    def absorb(self, connection: Connection, fetched: list[RemotePayee], *, is_confirmed: bool) -> str:
        mine = Contributor.objects.filter(connection=connection)
        known = {contributor.remote_id: contributor for contributor in mine}
        listed = {payee.remote_id: payee.name for payee in fetched}
        gone = [one for one in known.values() if one.is_active and one.remote_id not in listed]
        if not is_confirmed:
            ask_whether_gone(self, len(gone), active=sum(one.is_active for one in known.values()))
        added, renamed = _take(connection, known, listed)
        mine.filter(pk__in=[one.pk for one in gone]).update(is_active=False)
        return _summary(added, renamed, len(gone))


def _take(connection: Connection, known: dict[str, Contributor], listed: dict[str, str]) -> tuple[int, int]:
    """Store what the list says. Returns how many were added and how many have a new name."""
    now = timezone.now()
    new = [
        Contributor(connection=connection, remote_id=remote_id, name=name, last_seen_at=now)
        for remote_id, name in listed.items()
        if remote_id not in known
    ]
    Contributor.objects.bulk_create(new, batch_size=500)
    renamed = 0
    seen = [known[remote_id] for remote_id in listed if remote_id in known]
    for contributor in seen:
        renamed += contributor.name != listed[contributor.remote_id]
        contributor.name, contributor.is_active, contributor.last_seen_at = (
            listed[contributor.remote_id],
            True,
            now,
        )
    Contributor.objects.bulk_update(seen, ["name", "is_active", "last_seen_at"], batch_size=200)
    return len(new), renamed


def _summary(added: int, renamed: int, gone: int) -> str:
    parts = [
        ngettext("%d new contributor.", "%d new contributors.", added) % added if added else "",
        ngettext("%d new name.", "%d new names.", renamed) % renamed if renamed else "",
        ngettext("%d is no longer on the list.", "%d are no longer on the list.", gone) % gone if gone else "",
    ]
    return " ".join(part for part in parts if part) or _("Nothing has changed.")


class TransactionSync(_AtOutVoice, OnceOnlyHandler):
    model = Transaction
    done_state = Transaction.State.PAID

    def send_within(self) -> timedelta:
        return timedelta(seconds=settings.PAYMENT_SEND_WITHIN_SECONDS)

    def records(self) -> Any:
        return Transaction._base_manager.select_related("contributor", "connection__owner", "replaces")

    def obstacle(self, record: Transaction) -> str:
        return obstacles.obstacle(record)

    def columns_when_done(self, job: SyncJob) -> dict[str, Any]:
        return {"paid_at": job.started_at}

    def send(self, client: OutVoiceClient, record: Transaction) -> Receipt:
        receipt = client.create_transaction(
            freelancer=record.contributor.remote_id,
            minor_units=record.minor_units,
            currency=record.currency,
            url=record.url,
            title=record.title,
        )
        mismatch = receipt.mismatch(record.minor_units, record.contributor_name)
        return Receipt(receipt.text, {"receipt": receipt.text, "receipt_mismatch": mismatch})

    def after(self, job: SyncJob) -> None:
        line = Transaction.objects.select_related("order", "requested_by").get(pk=job.object_id)
        sequence.go_on_after(line, job)
        notices.tell_about(line, job)


register(OUTVOICE, ContributorSync(), TransactionSync())
