"""Payments from a file: one line, one payment to one contributor for one article."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contributors import obstacles, services
from contributors.models import Approval, Contributor, PaymentOrder, Transaction
from contributors.rules import DAILY_LIMIT, Part, approval_reason, approval_reasons, use_of
from contributors.runs.lines import Earlier, Payees, check_row, doubt, paid_before
from voicehub.common import limits
from voicehub.common.models import Run, RunRow
from voicehub.common.runs import Column, RowOutcome, RowRefusedError, RunKind, RunRefusedError
from voicehub.sync.services import TooLateError

PAY = "contributors.pay_transaction"
SETTLE = "contributors.settle_transaction"
VIEW_ALL = "contributors.view_all_transactions"
State = Transaction.State
REFUSED = (
    services.NotConnectedError,
    services.NotPayableError,
    services.PaidAgainError,
    limits.LimitReachedError,
)
UNSENT = (State.APPROVAL, State.WAITING, State.HELD)
RESULTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("Paid"), (State.PAID,)),
    (gettext_lazy("May have been paid"), (State.UNCERTAIN,)),
    (gettext_lazy("Still to go"), (State.APPROVAL, State.WAITING, State.HELD, State.SENDING)),
    (gettext_lazy("Not paid"), Transaction.PAY_AGAIN),
)


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

    def record_model(self) -> type[Transaction]:
        return Transaction

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
            check_row(row, payees, connection)
        earlier = Earlier(run, rows)
        for row in rows:
            if row.values:
                doubt(row, earlier)

    def totals(self, run: Run) -> list[tuple[Any, str]]:
        parts = _parts(run)
        use = use_of(parts)
        account = services.current_connection(run.requested_by)
        figures: list[tuple[Any, str]] = [(_("OutVoice account"), str(account)), (_("Payments"), str(use.number))]
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
        notes += [_above_outvoices_limit(parts), _unproven(run)]
        return [note for note in notes if note]

    def start_label(self, run: Run) -> str:
        """What the button says: how much goes out."""
        parts = _parts(run)
        use = use_of(parts)
        words = _ask_words(use.number) if approval_reason(parts) else _pay_words(use.number)
        total = " + ".join(f"{amount:.2f} {currency}" for currency, amount in sorted(use.amounts.items()))
        return words % {"total": total or "0.00", "count": use.number}

    def depends_on(self, run: Run) -> Any:
        """Payments to the same people meanwhile may break further rules than the one that was asked about."""
        return approval_reasons(_parts(run))

    def before_start(self, run: Run, user: Any) -> str:
        """Refuse what is above today's limit; above the limit for approvals the batch waits for somebody else."""
        try:
            _check_account(run)
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
        if not run.requested_by.is_active:
            raise RowRefusedError(_("%(who)s cannot sign in any more.") % {"who": run.requested_by})
        order = _order(run, row)
        lines = services.locked_lines(order)
        try:
            _check_unchanged(row, lines[0])
            services.commit(order, lines, user=run.requested_by, is_approved=_is_approved(run))
        except REFUSED as error:
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
        not_begun = use_of(_parts(run, RunRow.State.WAITING)).amounts
        figures = []
        for title, states in RESULTS:
            by_currency: Counter[str] = Counter(dict(not_begun) if State.WAITING in states else {})
            for row in sums:
                by_currency[row["currency"]] += row["total"] if row["state"] in states else 0
            figures += [(title, f"{total:.2f} {code}") for code, total in sorted(by_currency.items()) if total]
        return figures

    def rows_with(self, run: Run, state: str) -> QuerySet[RunRow]:
        return run.rows.filter(order__lines__state=state)

    def is_moving(self, run: Run) -> bool:
        return _payments(run).filter(state__in=(State.WAITING, State.SENDING)).exists()

    def has_unsent(self, run: Run) -> bool:
        return _payments(run).filter(state__in=UNSENT).exists()

    def cancel(self, run: Run, user: Any, limit: int) -> int:
        """Take back what is queued; what has started by then is told by its own state."""
        services.withdraw_batch(run, user=user)
        unsent = _payments(run).filter(state__in=UNSENT)
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


def _parts(run: Run, *states: str) -> list[Part]:
    """What the lines that would be carried out, or those in some states, pay to whom."""
    rows = run.rows.filter(state__in=states or (RunRow.State.READY, RunRow.State.WAITING))
    values = list(rows.order_by("number").values_list("values", flat=True))
    people: dict[int, Contributor] = {}
    for place in range(0, len(values), 500):
        people |= Contributor.objects.in_bulk({one["contributor"] for one in values[place : place + 500]})
    return [Part(people[one["contributor"]], one["currency"], Decimal(one["amount"])) for one in values]


def _check_account(run: Run) -> None:
    """Raises RunRefusedError when the lines were checked for another account than the one that pays now."""
    connection = services.usable_connection(run.requested_by)
    first = run.rows.filter(state__in=(RunRow.State.READY, RunRow.State.WAITING)).order_by("number").first()
    if first and first.values["connection"] != connection.pk:
        raise RunRefusedError(
            _("This was checked for another OutVoice account. Throw it away, and upload the file again.")
        )


def _pay_words(count: int) -> str:
    return ngettext("Pay %(total)s (%(count)d payment)", "Pay %(total)s (%(count)d payments)", count)


def _ask_words(count: int) -> str:
    return ngettext(
        "Ask for approval of %(total)s (%(count)d payment)",
        "Ask for approval of %(total)s (%(count)d payments)",
        count,
    )


def _above_outvoices_limit(parts: Sequence[Part]) -> str:
    most = Decimal(settings.OUTVOICE_MAX_AMOUNT)
    count = sum(part.amount > most for part in parts)
    words = ngettext(
        "%(count)d payment is more than OutVoice's own forms take (%(most)s).",
        "%(count)d payments are more than OutVoice's own forms take (%(most)s).",
        count,
    )
    return words % {"count": count, "most": most} if count else ""


def _unproven(run: Run) -> str:
    """The rule for the first payment through a live account, when a line falls under it."""
    rows = run.rows.filter(state=RunRow.State.READY).order_by("number").values_list("values", flat=True)
    lines = (Transaction(connection_id=one["connection"], amount=Decimal(one["amount"])) for one in rows.iterator())
    return next(filter(None, map(obstacles.first_live_payment, lines)), "") if not settings.VOICEHUB_DEMO else ""


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
        raise RowRefusedError(_("It was paid meanwhile. %(how)s") % {"how": paid_before(payment)})


def _is_approved(run: Run) -> bool:
    return Approval.objects.filter(run=run, state=Approval.State.APPROVED).exists()


def _payments(run: Run) -> Any:
    return Transaction.objects.filter(order__run_row__run=run)
