"""What people do with contributors and payments. Forms, pages and commands all come through here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributors import sequence
from contributors.models import Contributor, PaymentOrder, Transaction
from contributors.sync import OUTVOICE, SLUG, make_client
from contributors.warnings import PaymentWarning, keys, warnings_for
from voicehub.remote.http import ExchangeRecord
from voicehub.sync import queue
from voicehub.sync import services as jobs
from voicehub.sync.exchanges import store_exchanges
from voicehub.sync.models import Connection, Settlement, SyncJob
from voicehub.sync.signals import person_acted
from voicehub.sync.tokens import DatabaseTokenStore


class NotConnectedError(Exception):
    """There is no usable OutVoice account; the text says who can connect one."""


class AlreadyConfirmedError(Exception):
    """This preview has been paid, or changed, already."""


class DiscardedError(Exception):
    """This draft was thrown away in another window."""


class PaidAgainError(Exception):
    """A line pays something again that another order has paid again meanwhile; the text names it."""


@dataclass
class NewWarningsError(Exception):
    """Since the preview something came up that the person has not seen; `warnings` are all as of now."""

    warnings: list[PaymentWarning]


@dataclass(frozen=True)
class Line:
    """One payee of an order as typed: `amount` in major units."""

    contributor: Contributor
    amount: Decimal
    replaces: Transaction | None = None


def current_connection() -> Connection | None:
    """The installation's OutVoice account at the address that the settings name; None before one is connected."""
    return (
        Connection.objects.filter(provider=SLUG, base_url=OUTVOICE.base_url(), disconnected_at=None)
        .order_by("-connected_at")
        .first()
    )


def usable_connection() -> Connection:
    """The account that payments go through. Raises NotConnectedError with words for staff."""
    connection = current_connection()
    if connection is None:
        raise NotConnectedError(_("No OutVoice account is connected. An administrator can connect one."))
    if connection.stopped_reason:
        raise NotConnectedError(
            _("The OutVoice account needs a new sign-in (%(reason)s). An administrator can sign in again.")
            % {"reason": connection.stopped_reason}
        )
    return connection


def connect(*, email: str, password: str, user: Any) -> Connection:
    """Sign in at OutVoice and keep the tokens; the password is used once and not kept.

    Raises the remote errors, AuthenticationError when OutVoice refuses e-mail or password.
    """
    email = email.strip().lower()
    with transaction.atomic():
        connection, _made = Connection.objects.get_or_create(
            provider=SLUG,
            base_url=OUTVOICE.base_url(),
            account=email,
            defaults={"disconnected_at": timezone.now()},
        )
    exchanges: list[ExchangeRecord] = []
    client = make_client(connection, exchanges.append)
    try:
        DatabaseTokenStore(connection.pk).save(client.sign_in(email, password))
        name = client.auth_check()
    finally:
        store_exchanges(exchanges, connection)
    _make_current(connection, name)
    queue.pull(Contributor, connection, user)
    person_acted.send(sender=Connection, action="account.connected", actor=user, obj=connection, reason="")
    connection.refresh_from_db()
    return connection


def _make_current(connection: Connection, name: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        others = Connection.objects.filter(provider=SLUG, base_url=connection.base_url, disconnected_at=None)
        others.exclude(pk=connection.pk).update(disconnected_at=now)
        Connection.objects.filter(pk=connection.pk).update(
            name=name, disconnected_at=None, stopped_reason="", connected_at=now
        )
        queue.ring_on_commit()


def disconnect(connection: Connection, *, user: Any) -> None:
    """Forget the tokens. What waits for this account stays, and is never sent through another."""
    with transaction.atomic():
        DatabaseTokenStore(connection.pk).clear(_("Disconnected."))
        Connection.objects.filter(pk=connection.pk).update(disconnected_at=timezone.now())
        person_acted.send(sender=Connection, action="account.disconnected", actor=user, obj=connection, reason="")


def check_account(connection: Connection) -> str:
    """The account owner's name as OutVoice says it now. Raises the remote errors."""
    exchanges: list[ExchangeRecord] = []
    try:
        return make_client(connection, exchanges.append).auth_check()
    finally:
        store_exchanges(exchanges, connection)


def pull_contributors(*, user: Any, is_confirmed: bool = False) -> SyncJob:
    """Queue a fetch of the list of contributors. Raises NotConnectedError."""
    return queue.pull(Contributor, usable_connection(), user, is_confirmed=is_confirmed)


def save_draft(
    *,
    user: Any,
    url: str,
    title: str,
    currency: str,
    lines: Sequence[Line],
    order: PaymentOrder | None = None,
) -> PaymentOrder:
    """Make an order with its lines as drafts, or put new ones into a draft of the same person.

    Raises NotConnectedError, and AlreadyConfirmedError when the draft has been paid meanwhile.
    """
    connection = usable_connection()
    with transaction.atomic():
        article = {"url": url, "title": title, "currency": currency, "connection": connection}
        if order is None:
            order = PaymentOrder.objects.create(requested_by=user, **article)
        else:
            order = _emptied(order, article)
        for line in lines:
            Transaction(
                order=order,
                contributor=line.contributor,
                contributor_name=line.contributor.name,
                amount=line.amount,
                replaces=line.replaces,
                requested_by=user,
                **article,
            ).save()
    return order


def _emptied(order: PaymentOrder, article: dict[str, Any]) -> PaymentOrder:
    changed = PaymentOrder.objects.filter(pk=order.pk, confirmed_at=None).update(shown_warnings=[], **article)
    if not changed:
        raise AlreadyConfirmedError
    Transaction._base_manager.filter(order=order, state=Transaction.State.DRAFT).delete()
    return PaymentOrder.objects.get(pk=order.pk)


def preview(order: PaymentOrder) -> list[PaymentWarning]:
    """The warnings to show with an order, remembered as shown."""
    warnings = warnings_for(order)
    PaymentOrder.objects.filter(pk=order.pk, confirmed_at=None).update(shown_warnings=keys(warnings))
    return warnings


def confirm(order: PaymentOrder, *, user: Any, lines_shown: str, warnings_read: Collection[str] = ()) -> None:
    """Pay an order: once, and only as it was shown. `lines_shown` is `digest(order)` of the page.

    `warnings_read` are keys of warnings that came up since the preview and that the person has read meanwhile.

    The contributors' rows are locked, so that of two people who pay the same person for the same work the second
    one sees the first one's payment. Raises AlreadyConfirmedError, DiscardedError,
    NewWarningsError, PaidAgainError, NotConnectedError.
    """
    connection = usable_connection()
    with transaction.atomic():
        current = _locked(order)
        if current.confirmed_at or digest(current) != lines_shown or current.connection_id != connection.pk:
            raise AlreadyConfirmedError
        people = Contributor.objects.filter(transactions__order=current).order_by("pk")
        list(people.select_for_update().values_list("pk", flat=True))
        warnings = warnings_for(current)
        if set(keys(warnings)) - {*current.shown_warnings, *warnings_read}:
            raise NewWarningsError(warnings)
        _check_not_paid_again(current)
        PaymentOrder.objects.filter(pk=current.pk).update(confirmed_at=timezone.now())
        sequence.start(current, user)


def _check_not_paid_again(order: PaymentOrder) -> None:
    replaced = order.lines.exclude(replaces=None).values("replaces")
    earlier = Transaction.objects.select_for_update().filter(pk__in=replaced)
    if paid := next((one for one in earlier if one.state not in Transaction.PAY_AGAIN), None):
        raise PaidAgainError(
            _("The earlier payment to %(name)s is %(state)s by now. Nothing was paid again.")
            % {"name": paid.contributor_name, "state": paid.get_state_display().lower()}
        )
    other = Transaction.objects.filter(replaces__in=replaced, state__in=Transaction.COUNTS).first()
    if other:
        raise PaidAgainError(
            _("The payment to %(name)s has been paid again already. Nothing was paid now.")
            % {"name": other.contributor_name}
        )


def _locked(order: PaymentOrder) -> PaymentOrder:
    """The order's row, locked. Raises DiscardedError when somebody threw the draft away meanwhile."""
    current = PaymentOrder.objects.select_for_update().filter(pk=order.pk).first()
    if current is None:
        raise DiscardedError
    return current


def digest(order: PaymentOrder) -> str:
    """A short mark of what an order pays; it changes with any change of its lines."""
    from hashlib import sha256

    lines = order.lines.order_by("id").values_list("id", "contributor_id", "amount", "currency", "url", "title")
    return sha256(repr(list(lines)).encode()).hexdigest()[:16]


def discard_draft(order: PaymentOrder) -> None:
    """Throw a draft away. Raises AlreadyConfirmedError when it has been paid meanwhile, or DiscardedError."""
    with transaction.atomic():
        current = _locked(order)
        if current.confirmed_at:
            raise AlreadyConfirmedError
        Transaction._base_manager.filter(order=current).delete()
        current.delete()


def cancel(payment: Transaction, *, user: Any) -> None:
    """Cancel a payment that has not started. Raises `voicehub.sync.services.TooLateError`."""
    job = payment.job
    if job is None:
        raise jobs.TooLateError(_("This is a draft; discard the draft instead."))
    jobs.cancel(job, user=user)


def settle(payment: Transaction, *, finding: str, looked_at: str, note: str, user: Any) -> Settlement:
    """Record what a person found in OutVoice about an uncertain payment. Raises TooLateError, NotYetError."""
    job = payment.job
    if job is None:
        raise jobs.TooLateError(_("This payment was never sent."))
    return jobs.settle(job, finding=finding, looked_at=looked_at, note=note, user=user)


def release_behind(order: PaymentOrder, *, user: Any, reason: str) -> None:
    """Let the lines go that are on hold behind one that had to be looked at. Raises TooLateError."""
    with transaction.atomic():
        if not sequence.release_next(order):
            raise jobs.TooLateError(
                _("Nothing is on hold here any more, or one of the payments is on its way still.")
            )
        person_acted.send(sender=PaymentOrder, action="payment.released", actor=user, obj=order, reason=reason)


def demo_sign_in(user: Any) -> Connection | None:
    """Connect the sandbox's own account, as the demo does; None when it is connected already."""
    connection = current_connection()
    if connection and connection.is_usable and DatabaseTokenStore(connection.pk).load():
        return None
    return connect(email="editor@example.org", password="sandbox", user=user)  # noqa: S106
