"""What the first page shows of payments: how many were made a week, and how many were not."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from contributors.models import Transaction
from contributors.views.access import VIEW, visible_payments
from voicehub.common import figures
from voicehub.common.figures import Figures, Series, Span

State = Transaction.State
NOT_MADE = (State.REFUSED, State.FAILED, State.EXPIRED)


@figures.shown
def payments(request: HttpRequest) -> Iterable[Figures]:
    if request.user.has_perm(VIEW):
        payments = visible_payments(request.user)
        series = [
            Series(State.PAID.label, payments.filter(state=State.PAID), "paid_at"),
            Series(_("Not made"), payments.filter(state__in=NOT_MADE), "created_at"),
        ]
        url = reverse("admin:contributors_transaction_changelist")
        yield Figures(_("Payments a week"), series, Span.WEEK, url)
