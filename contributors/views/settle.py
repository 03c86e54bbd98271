"""Settling an uncertain payment: a person looked in OutVoice and says here what is there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contributors import services
from contributors.forms import SettleForm
from contributors.models import Transaction
from contributors.sync import OUTVOICE
from contributors.views.access import SETTLE, needs, payment_or_404
from contributors.views.pages import page
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.services import NotYetError, TooLateError, why_not_settle_absent


@needs(SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; posting it again later corrects what was said, and both stay in the record."""
    payment = payment_or_404(request, pk)
    job = payment.job
    if job is None or not _is_open(job):
        messages.info(request, _("There is nothing to settle: it is known what became of this payment."))
        return redirect(payment.order)
    form = SettleForm(request.POST or None)
    if form.is_valid() and _settled(request, payment, form):
        return redirect(payment.order)
    return _show(request, payment, job, form)


def _is_open(job: SyncJob) -> bool:
    return job.state == JobState.UNCERTAIN or job.settlements.exists()


def _settled(request: HttpRequest, payment: Transaction, form: SettleForm) -> bool:
    try:
        services.settle(payment, user=request.user, **form.cleaned_data)
    except NotYetError as error:
        form.add_error("finding", str(error))
        return False
    except TooLateError as error:
        messages.warning(request, str(error))
        return True
    messages.success(request, _("Recorded. It can be corrected later, and stays in the record."))
    return True


def _show(request: HttpRequest, payment: Transaction, job: SyncJob, form: Any) -> HttpResponse:
    return page(
        request,
        "settle.html",
        _("Settle a payment"),
        payment=payment,
        job=job,
        form=form,
        why_not_absent=why_not_settle_absent(job, request.user),
        settlements=job.settlements.select_related("settled_by"),
        paid_again_by=payment.paid_again.filter(state__in=Transaction.COUNTS).first(),
        console_url=OUTVOICE.console_url(),
    )
