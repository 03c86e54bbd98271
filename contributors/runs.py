"""Payments from a file: one line, one payment to one contributor for one article."""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contributors import obstacles, services
from contributors.forms import AmountField, ArticleForm
from contributors.models import Approval, Contributor, PaymentOrder, Transaction
from contributors.rules import DAILY_LIMIT, Part, approval_reason, use_of
from voicehub.common import limits
from voicehub.common.models import Run, RunRow
from voicehub.common.runs import Column, RowOutcome, RowRefusedError, RunKind, RunRefusedError, register
from voicehub.sync.models import Connection
from voicehub.sync.services import TooLateError

PAY = "contributors.pay_transaction"
SETTLE = "contributors.settle_transaction"
VIEW_ALL = "contributors.view_all_transactions"
State = Transaction.State
AMOUNT = AmountField()
RESULTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("Paid"), (State.PAID,)),
    (gettext_lazy("May have been paid"), (State.UNCERTAIN,)),
    (gettext_lazy("Still to go"), (State.APPROVAL, State.WAITING, State.HELD, State.SENDING)),
    (gettext_lazy("Not paid"), Transaction.PAY_AGAIN),
)


class Payees:
    """The contributors of an account, found by what people write into a file."""

    def __init__(self, connection: Connection) -> None:
        self._by_id: dict[str, Contributor] = {}
        self._by_name: dict[str, list[Contributor]] = defaultdict(list)
        for one in Contributor.objects.filter(connection=connection).only("remote_id", "name", "is_active"):
            self._by_id[one.remote_id] = one
            self._by_name[plain(one.name)].append(one)

    def find(self, name: str, remote_id: str) -> Contributor:
        """Raises ValidationError with what to do when nobody, or more than one, is meant."""
        found = self._with_id(remote_id, name) if remote_id else self._with_name(name)
        if not found.is_active:
            raise ValidationError(_("%(name)s is no longer on OutVoice's list.") % {"name": found.name})
        return found

    def _with_id(self, remote_id: str, name: str) -> Contributor:
        found = self._by_id.get(remote_id)
        if found is None:
            raise ValidationError(_("Nobody on OutVoice's list has the id %(id)s.") % {"id": remote_id})
        if name and plain(name) != plain(found.name):
            words = {"id": remote_id, "name": found.name}
            raise ValidationError(_("The id %(id)s belongs to %(name)s, which is another name.") % words)
        return found

    def _with_name(self, name: str) -> Contributor:
        found = self._by_name.get(plain(name), [])
        active = [one for one in found if one.is_active] or found
        if not name:
            raise ValidationError(_("Write who is paid: the name, or the id at OutVoice."))
        if not active:
            raise ValidationError(_("Nobody on OutVoice's list is called %(name)s.") % {"name": name})
        if len(active) > 1:
            ids = ", ".join(sorted(one.remote_id for one in active))
            raise ValidationError(
                _("More than one on OutVoice's list is called %(name)s: write the id as well (%(ids)s).")
                % {"name": name, "ids": ids}
            )
        return active[0]


def plain(name: str) -> str:
    """A name without what people write differently: case and blanks."""
    return " ".join(name.split()).casefold()


class Earlier:
    """What may have been paid already for the work of some lines; payments of the same batch are not earlier ones."""

    def __init__(self, run: Run, rows: Sequence[RunRow]) -> None:
        values = [row.values for row in rows if row.values]
        same_work = Q(url__in={one["url"] for one in values}) | Q(
            lower_title__in={one["title"].lower() for one in values}
        )
        payments = (
            Transaction.objects.annotate(lower_title=Lower("title"))
            .filter(same_work, contributor__name__in={one["name"] for one in values}, state__in=Transaction.COUNTS)
            .exclude(order__run_row__run=run)
        )
        self._by_name: dict[str, list[Transaction]] = defaultdict(list)
        for payment in payments.select_related("contributor").order_by("id"):
            self._by_name[payment.contributor.name].append(payment)

    def of(self, values: dict[str, Any]) -> list[Transaction]:
        """Payments to the contributor, or to the same name through another account, besides those known."""
        return [
            payment
            for payment in self._by_name[values["name"]]
            if _is_same_person(payment, values)
            and _is_same_work(payment, values)
            and payment.pk not in (values["replaces"], *values.get("known", ()))
        ]


def _is_same_person(payment: Transaction, values: dict[str, Any]) -> bool:
    return payment.contributor_id == values["contributor"] or payment.connection_id != values["connection"]


def _is_same_work(payment: Transaction, values: dict[str, Any]) -> bool:
    return payment.url == values["url"] or payment.title.lower() == values["title"].lower()


class PaymentBatch(RunKind):
    slug = "payments"
    label = gettext_lazy("Payments from a file")
    permission = PAY
    columns = (
        Column(
            "contributor",
            gettext_lazy("Contributor"),
            gettext_lazy("The name as it stands on OutVoice's list. Needed unless the id is given."),
            "Steve Rogers",
            aliases=("name", "payee", "freelancer"),
        ),
        Column(
            "id",
            gettext_lazy("Id at OutVoice"),
            gettext_lazy("Needed where two people bear the same name."),
            "1",
            aliases=("contributor id", "payee id", "freelancer id"),
        ),
        Column(
            "amount",
            gettext_lazy("Amount"),
            gettext_lazy("With a point before the cents."),
            "20.15",
            is_required=True,
        ),
        Column("currency", gettext_lazy("Currency"), gettext_lazy("Empty: the first of those paid in."), "USD"),
        Column(
            "url",
            gettext_lazy("Article address"),
            gettext_lazy("The whole web address of the work."),
            "https://example.org/a-story",
            is_required=True,
            aliases=("address", "link"),
        ),
        Column(
            "title",
            gettext_lazy("Article title"),
            gettext_lazy("The title of the work."),
            "A story",
            is_required=True,
        ),
    )

    def max_rows(self) -> int:
        return settings.PAYMENT_BATCH_MAX_ROWS

    def may_cancel(self, user: Any) -> bool:
        return user.has_perm(PAY) or user.has_perm(SETTLE)

    def sees_all(self, user: Any) -> bool:
        return user.has_perm(VIEW_ALL)

    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        """Contributor, amount, currency, address and title of each line, and what was paid for the same before."""
        try:
            connection = services.usable_connection(run.requested_by)
        except services.NotConnectedError as error:
            for row in rows:
                row.problems.append(("contributor", str(error)))
            return
        payees = Payees(connection)
        for row in rows:
            _check_row(row, payees, connection)
        earlier = Earlier(run, rows)
        for row in rows:
            if row.values:
                _doubt(row, earlier)

    def totals(self, run: Run) -> list[tuple[Any, str]]:
        parts = _parts(run)
        use = use_of(parts)
        figures: list[tuple[Any, str]] = [(_("Payments"), str(use.number))]
        figures += [(_("Total"), f"{total:.2f} {currency}") for currency, total in sorted(use.amounts.items())]
        figures.append((_("Contributors"), str(len({part.contributor for part in parts}))))
        if parts:
            largest = max(parts, key=lambda part: part.amount)
            words = {"amount": largest.amount, "currency": largest.currency, "name": largest.contributor.name}
            figures.append((_("Largest payment"), _("%(amount)s %(currency)s to %(name)s") % words))
        return figures

    def notes(self, run: Run) -> list[str]:
        """What holds for the batch as a whole."""
        parts = _parts(run)
        notes = [*super().notes(run), limits.why_too_much(DAILY_LIMIT, user=run.requested_by, adding=use_of(parts))]
        if reason := approval_reason(parts):
            notes.append(f"{reason} {_('Somebody else has to approve it before anything is sent.')}")
        return [note for note in notes if note]

    def start_label(self, run: Run) -> str:
        """What the button says: how much goes out."""
        use = use_of(_parts(run))
        total = " + ".join(f"{amount:.2f} {currency}" for currency, amount in sorted(use.amounts.items()))
        words = ngettext("Pay %(total)s (%(count)d payment)", "Pay %(total)s (%(count)d payments)", use.number)
        return words % {"total": total, "count": use.number}

    def before_start(self, run: Run, user: Any) -> str:
        """Refuse what is above today's limit; above the limit for approvals the batch waits for somebody else."""
        try:
            services.usable_connection(run.requested_by)
            parts = _parts(run)
            limits.check(DAILY_LIMIT, user=run.requested_by, adding=use_of(parts))
        except (services.NotConnectedError, limits.LimitReachedError) as error:
            raise RunRefusedError(str(error)) from error
        reason = approval_reason(parts)
        if reason:
            services.ask_for_run(run, why=reason, user=user)
        return reason

    def apply(self, run: Run, row: RunRow) -> int:
        """Make the order of one line and send it on its way, unless something has changed since the preview."""
        order = _order(run, row)
        lines = services.locked_lines(order)
        _check_unchanged(row, lines[0])
        try:
            services.commit(order, lines, user=run.requested_by, is_approved=_is_approved(run))
        except (services.NotPayableError, services.PaidAgainError, limits.LimitReachedError) as error:
            raise RowRefusedError(str(error)) from error
        return lines[0].pk

    def live(self, rows: Iterable[RunRow]) -> dict[int, RowOutcome]:
        by_payment = {row.object_id: row.pk for row in rows if row.object_id}
        payments = Transaction.objects.filter(pk__in=list(by_payment))
        return {
            by_payment[payment.pk]: RowOutcome(payment.state, payment.message, payment.get_absolute_url())
            for payment in payments
        }

    def tally(self, run: Run) -> Counter[str]:
        rows = _payments(run).order_by().values_list("state").annotate(count=Count("pk"))
        return Counter(dict(rows))

    def results(self, run: Run) -> list[tuple[Any, str]]:
        """What was paid, may have been paid, and was not paid, by currency."""
        sums = _payments(run).order_by().values("currency", "state").annotate(total=Sum("amount"))
        figures = []
        for title, states in RESULTS:
            by_currency = Counter[str]()
            for row in sums:
                by_currency[row["currency"]] += row["total"] if row["state"] in states else 0
            figures += [(title, f"{total:.2f} {code}") for code, total in sorted(by_currency.items()) if total]
        return figures

    def rows_with(self, run: Run, state: str) -> QuerySet[RunRow]:
        return run.rows.filter(order__lines__state=state)

    def is_moving(self, run: Run) -> bool:
        return _payments(run).filter(state__in=(State.WAITING, State.SENDING)).exists()

    def cancel(self, run: Run, user: Any, limit: int) -> int:
        """Take back what is queued; what has started by then is told by its own state."""
        services.withdraw_batch(run, user=user)
        unsent = _payments(run).filter(state__in=(State.APPROVAL, State.WAITING, State.HELD))
        tried = list(unsent.order_by("-id")[:limit])
        for payment in tried:
            with contextlib.suppress(TooLateError):
                services.cancel(payment, user=user)
        return len(tried) - unsent.filter(pk__in=[payment.pk for payment in tried]).count()

    def repeatable(self, run: Run) -> Iterator[dict[str, Any]]:
        """Lines that made no payment, and those whose payment surely did not go through and was not made again."""
        yield from super().repeatable(run)
        yield from map(again, not_paid(_payments(run)).select_related("contributor"))


def not_paid(payments: QuerySet[Transaction]) -> QuerySet[Transaction]:
    """Those that surely did not go through and were not paid again since; never uncertain ones."""
    done_again = Transaction.objects.filter(state__in=Transaction.COUNTS).exclude(replaces=None)
    return payments.filter(state__in=Transaction.PAY_AGAIN).exclude(pk__in=done_again.values("replaces"))


def again(payment: Transaction) -> dict[str, Any]:
    """The line of a batch that pays again what a payment did not."""
    return {
        "contributor": payment.contributor.name,
        "id": payment.contributor.remote_id,
        "amount": str(payment.amount),
        "currency": payment.currency,
        "url": payment.url,
        "title": payment.title,
        "replaces": payment.pk,
    }


def _check_row(row: RunRow, payees: Payees, connection: Connection) -> None:
    data, article = row.data, ArticleForm.base_fields
    checks = {
        "contributor": lambda text: payees.find(text, data.get("id", "")),
        "amount": AMOUNT.clean,
        "currency": _currency,
        "url": article["url"].clean,
        "title": article["title"].clean,
    }
    found = {}
    for column, check in checks.items():
        try:
            found[column] = check(data.get(column, ""))
        except ValidationError as error:
            row.problems += [(column, message) for message in error.messages]
    if not row.problems:
        row.values = _values(found, connection) | {"replaces": data.get("replaces")}
        row.key = sha256(repr((row.values["contributor"], row.values["url"])).encode()).hexdigest()


def _currency(text: str) -> str:
    codes = settings.OUTVOICE_CURRENCIES
    code = text.upper() or codes[0]
    if code not in codes:
        raise ValidationError(_("Payments go out in: %(codes)s.") % {"codes": ", ".join(codes)})
    return code


def _values(found: dict[str, Any], connection: Connection) -> dict[str, Any]:
    contributor = found.pop("contributor")
    about = {"contributor": contributor.pk, "name": contributor.name, "connection": connection.pk}
    return {**found, **about, "amount": str(found["amount"])}


def _doubt(row: RunRow, earlier: Earlier) -> None:
    payments = earlier.of(row.values)
    row.values["known"] = [payment.pk for payment in payments]
    row.doubts += [_paid_before(payment) for payment in payments[:3]]


def _paid_before(payment: Transaction) -> str:
    return _(
        "%(name)s has a payment of %(amount)s %(currency)s for this address or title already (%(date)s, %(state)s)."
    ) % {
        "name": payment.contributor_name,
        "amount": payment.amount,
        "currency": payment.currency,
        "date": date_format(payment.created_at, "SHORT_DATE_FORMAT"),
        "state": payment.get_state_display().lower(),
    }


def _parts(run: Run) -> list[Part]:
    """What the lines that would be carried out pay to whom."""
    rows = run.rows.filter(state__in=(RunRow.State.READY, RunRow.State.WAITING))
    values = list(rows.order_by("number").values_list("values", flat=True))
    people: dict[int, Contributor] = {}
    for place in range(0, len(values), 500):
        people |= Contributor.objects.in_bulk({one["contributor"] for one in values[place : place + 500]})
    return [Part(people[one["contributor"]], one["currency"], Decimal(one["amount"])) for one in values]


def _order(run: Run, row: RunRow) -> PaymentOrder:
    values = row.values
    article = {name: values[name] for name in ("url", "title", "currency")}
    about = {**article, "connection_id": values["connection"], "requested_by": run.requested_by}
    order = PaymentOrder(run_row=row, **about)
    line = Transaction(
        order=order,
        contributor_id=values["contributor"],
        contributor_name=values["name"],
        amount=Decimal(values["amount"]),
        replaces_id=values["replaces"],
        **about,
    )
    for record in (order, line):
        record._history_user = run.requested_by  # type: ignore[union-attr]
        record.save()
    return order


def _check_unchanged(row: RunRow, line: Transaction) -> None:
    """What was checked holds still: the account, the payee's name, and that nobody was faster."""
    if services.usable_connection(line.requested_by).pk != line.connection_id:
        raise RowRefusedError(_("This was prepared for another OutVoice account."))
    if problem := obstacles.changed_name(line):
        raise RowRefusedError(problem)
    for payment in Earlier(row.run, [row]).of(row.values):
        raise RowRefusedError(_("It was paid meanwhile. %(how)s") % {"how": _paid_before(payment)})


def _is_approved(run: Run) -> bool:
    return Approval.objects.filter(run=run, state=Approval.State.APPROVED).exists()


def _payments(run: Run) -> Any:
    return Transaction.objects.filter(order__run_row__run=run)


register(PaymentBatch())
