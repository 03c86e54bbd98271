"""Settling an uncertain payment: a person looked in OutVoice and says here what is there."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contributors import services
from contributors.models import Transaction
from contributors.sync import OUTVOICE
from contributors.views.access import SETTLE, needs, payment_or_404
from voicehub.sync.admin.settling import Case, settle_page
from voicehub.sync.models import SyncJob


@needs(SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    payment = payment_or_404(request, pk)
    job = payment.job
    if job is None:
        messages.info(request, _("There is nothing to settle: this payment was never sent."))
        return redirect(payment.order)
    return settle_page(request, _case(payment, job))


def _case(payment: Transaction, job: SyncJob) -> Case:
    words = {"amount": payment.amount, "currency": payment.currency, "name": payment.contributor_name}
    return Case(
        job=job,
        title=_("Settle a payment"),
        what=_("%(amount)s %(currency)s to %(name)s") % words,
        for_example=_("For example: the list of payments on OutVoice's site, the bank's statement."),
        back_url=payment.order.get_absolute_url(),
        console_url=OUTVOICE.console_url(),
        settle=partial(services.settle, payment),
        facts=[
            (_("Article"), payment.title),
            (_("Address"), payment.url),
            (_("Asked for by"), payment.requested_by),
        ],
        done_again_by=payment.paid_again.filter(state__in=Transaction.COUNTS).first(),
    )
