"""A page to print for each payment: who asked, approved and sent, what was sent, and what OutVoice answered.

It proves a payment only where one is proven: every other state stands in its title.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contributors.models import Approval, Transaction
from contributors.views.access import VIEW, needs, payment_or_404
from contributors.views.export import zone_name
from voicehub.sync.models import Exchange, Settlement, SyncJob
from voicehub.sync.timeline import name_of, status_words
from voicehub.sync.told import in_your_language, labelled

State = Transaction.State
# What fits on the one page beside the rest.
LONGEST_TEXT = 1500
TIME_FORMAT = "j N Y, H:i:s"

NOT_PAID = gettext_lazy("Not paid: payment %(number)d")
TITLES: dict[str, Any] = {
    State.PAID: gettext_lazy("Receipt: payment %(number)d"),
    State.UNCERTAIN: gettext_lazy("No proof of payment: payment %(number)d is uncertain"),
    State.SENDING: gettext_lazy("No proof of payment: payment %(number)d is being sent"),
    State.REFUSED: gettext_lazy("Not paid: payment %(number)d was refused"),
    State.EXPIRED: gettext_lazy("Not paid: payment %(number)d was never sent"),
    State.CANCELLED: gettext_lazy("Not paid: payment %(number)d was cancelled"),
}
DOUBTFUL = gettext_lazy("No proof of payment: findings about payment %(number)d contradict each other")
DIFFERENT = gettext_lazy("Paid, but OutVoice's receipt differs: payment %(number)d")


@dataclass(frozen=True)
class Fact:
    """A line of the page; `at` is shown in UTC and in the reader's zone."""

    name: str
    text: str = ""
    at: datetime | None = None
    note: str = ""

    @property
    def times(self) -> str:
        return both_times(self.at) if self.at else ""


@dataclass(frozen=True)
class Words:
    """What one side said, as it was said; `origin` tells where this was kept."""

    origin: str
    text: str

    @property
    def shown(self) -> str:
        return self.text[:LONGEST_TEXT]

    @property
    def is_cut(self) -> bool:
        return len(self.text) > LONGEST_TEXT


@needs(VIEW)
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    payment = payment_or_404(request, pk)
    if payment.state == State.DRAFT:
        return redirect(payment.order)
    job = payment.job
    call = _call_of(job) if job else None
    context = {
        "payment": payment,
        "title": _title(payment, job),
        "is_proof": _is_proof(payment, job),
        "facts": [*_what(payment), *_who(payment, job)],
        "sent": _sent(payment, job, call),
        "answered": _answered(payment, call),
        "printed": both_times(now()),
    }
    return render(request, "admin/contributors/receipt.html", context)


def both_times(at: datetime) -> str:
    """ "27 Nov. 2026, 22:41:58 UTC (23:41:58 in Europe/Amsterdam)"; the date twice where it differs."""
    utc, local = at.astimezone(UTC), localtime(at)
    if zone_name() == "UTC":
        return f"{date_format(utc, TIME_FORMAT)} UTC"
    shape = TIME_FORMAT if utc.date() != local.date() else "H:i:s"
    return _("%(utc)s UTC (%(local)s in %(zone)s)") % {
        "utc": date_format(utc, TIME_FORMAT),
        "local": date_format(local, shape),
        "zone": zone_name(),
    }


def _title(payment: Transaction, job: SyncJob | None) -> str:
    words = TITLES.get(payment.state, NOT_PAID)
    if job and job.has_conflict:
        words = DOUBTFUL
    elif payment.state == State.PAID and payment.receipt_mismatch:
        words = DIFFERENT
    elif payment.state in (State.APPROVAL, State.WAITING, State.HELD):
        words = gettext_lazy("Not paid yet: payment %(number)d")
    return str(words) % {"number": payment.pk}


def _is_proof(payment: Transaction, job: SyncJob | None) -> bool:
    has_conflict = job is not None and job.has_conflict
    return payment.state == State.PAID and not payment.receipt_mismatch and not has_conflict


def _what(payment: Transaction) -> Iterator[Fact]:
    yield Fact(_("Number of the payment"), str(payment.pk))
    yield Fact(_("State"), payment.get_state_display(), note=in_your_language(payment.message))
    yield Fact(_("Amount"), _amount_in_words(payment))
    payee = {"name": payment.contributor_name, "id": payment.contributor.remote_id}
    yield Fact(_("Payee"), _("%(name)s (id at OutVoice: %(id)s)") % payee)
    yield Fact(_("For"), payment.title, note=payment.url)
    account = {"name": payment.connection, "account": payment.connection.account, "at": payment.connection.base_url}
    yield Fact(_("OutVoice account"), _("%(name)s (%(account)s at %(at)s)") % account)
    if payment.receipt_mismatch:
        yield Fact(_("What in the receipt differs"), in_your_language(payment.receipt_mismatch))
    if payment.replaces_id:
        yield Fact(_("Pays again"), _("Payment %(number)d") % {"number": payment.replaces_id})


def _amount_in_words(payment: Transaction) -> str:
    words = {"amount": f"{payment.amount:.2f}", "currency": payment.currency, "cents": payment.minor_units}
    return _("%(amount)s %(currency)s (%(cents)d cents)") % words


def _who(payment: Transaction, job: SyncJob | None) -> Iterator[Fact]:
    yield Fact(_("Asked for by"), name_of(payment.requested_by), payment.created_at)
    yield from map(_approval, _approvals_of(payment))
    if payment.order.confirmed_at:
        who = name_of(job.requested_by) if job and job.requested_by else ""
        yield Fact(_("Confirmed by") if who else _("Confirmed"), who, payment.order.confirmed_at)
    if job and job.started_at:
        yield Fact(_("Sent"), _("by VoiceHub"), job.started_at)
    if payment.state == State.PAID and payment.paid_at:
        yield Fact(_("Paid"), at=payment.paid_at)
    if job:
        yield from map(_settlement, job.settlements.select_related("settled_by"))


def _approvals_of(payment: Transaction) -> Any:
    about = Q(order=payment.order) | Q(run__rows__order=payment.order)
    return Approval.objects.filter(about).select_related("decided_by").order_by("id")


def _approval(approval: Approval) -> Fact:
    if approval.decided_by is None:
        return Fact(_("Approval"), approval.get_state_display(), approval.asked_at, approval.why)
    who = labelled(approval.get_state_display(), name_of(approval.decided_by))
    return Fact(_("Approval"), who, approval.decided_at, approval.note)


def _settlement(settlement: Settlement) -> Fact:
    who = labelled(settlement.get_finding_display(), name_of(settlement.settled_by))
    where = _("Looked at: %(where)s.") % {"where": settlement.looked_at}
    return Fact(_("Settled by"), who, settlement.settled_at, f"{where} {settlement.note}".strip())


def _call_of(job: SyncJob) -> Exchange | None:
    """The call that carried the payment; renewing a sign-in belongs to the job as well."""
    calls = Exchange.objects.filter(job=job, method="POST", url__endswith=settings.OUTVOICE_TRANSACTION_PATH)
    return calls.order_by("-id").first()


def _sent(payment: Transaction, job: SyncJob | None, call: Exchange | None) -> Words:
    if call:
        origin = _("As it was sent on %(time)s; secrets are masked.") % {"time": both_times(call.started_at)}
        return Words(origin, "\n".join(filter(None, [f"{call.method} {call.url}", _readable(call.request_body)])))
    if job is None or not job.started_at:
        return Words(_("Nothing was sent."), "")
    fields = {
        "freelancer": payment.contributor.remote_id,
        "amount": str(payment.minor_units),
        "currency": payment.currency,
        "url": payment.url,
        "title": payment.title,
    }
    return Words(
        _("The call itself is not kept; this is what VoiceHub's record says."), _readable(json.dumps([fields]))
    )


def _answered(payment: Transaction, call: Exchange | None) -> Words:
    if call and call.status:
        return Words(status_words(call.status), call.response_body)
    if call:
        return Words(_("No whole answer came back."), "\n".join(filter(None, [call.error, call.response_body])))
    if payment.receipt:
        return Words(_("As VoiceHub's record has it."), payment.receipt)
    return Words(_("There is no answer."), "")


def _readable(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
