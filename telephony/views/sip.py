"""The pages of a SIP account beside its record: the phone's card, its password, a new one, and set-up links."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from telephony import services
from telephony.forms import LinkForm, RangeForm, ReasonForm, RenewalForm
from telephony.models import SipAccount
from telephony.provisioning import zoiper_link
from telephony.runs import AccountsFromFile, rows_of_range
from telephony.views.pages import needs, page
from voicehub.common import runs
from voicehub.common.local_names import is_local_name
from voicehub.common.qr import qr_of
from voicehub.remote.redaction import Secret
from voicehub.sync.services import TooLateError

VIEW = "telephony.view_sipaccount"
REVEAL = "telephony.reveal_sipaccount"
RENEW = "telephony.rotate_sipaccount"
ANSWERED = ["GET", "HEAD", "POST"]


@needs(VIEW)
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """What to set a phone up with, and the ways to its password."""
    account = _account_or_404(pk)
    card = services.phone_settings(account, account.domain)
    zoiper_id = settings.APIDAZE_ZOIPER_PROVIDER_ID
    return _page(
        request,
        "phone.html",
        _("Phone of %s") % account,
        account,
        card=card,
        zoiper_url=zoiper_link(card, zoiper_id) if zoiper_id and card.domain else "",
        may_reveal=request.user.has_perm(REVEAL) and services.tells_passwords(),
        may_renew=request.user.has_perm(RENEW),
        may_make_link=services.may_make_link(request.user),
        tells_passwords=services.tells_passwords(),
        minutes=settings.APIDAZE_PHONE_LINK_SECONDS // 60,
        last_link=account.phone_links.select_related("made_by").order_by("-pk").first(),
    )


@needs(REVEAL)
@never_cache
@require_http_methods(ANSWERED)
@sensitive_variables()
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Why it is wanted; a POST reads it and shows it."""
    account = _account_or_404(pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            told = services.reveal(account, reason=form.cleaned_data["reason"], user=request.user)
        except services.NotToldError as why:
            form.add_error(None, str(why))
        else:
            return _shown(request, account, told)
    return _page(request, "password.html", _("Password of %s") % account, account, form=form)


@needs(RENEW)
@never_cache
@require_http_methods(ANSWERED)
@sensitive_variables()
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """What a new password brings with it; a POST has it made."""
    account = _account_or_404(pk)
    form = RenewalForm(request.POST if request.method == "POST" else None, initial={"shown": account.renewals})
    if form.is_valid():
        try:
            told = services.renew(account, **form.cleaned_data, user=request.user)
        except services.NotToldError as why:
            form.add_error(None, str(why))
        except TooLateError as why:
            messages.warning(request, str(why))
            return redirect(account)
        else:
            return _shown(request, account, told) if told else _on_its_way(request, account)
    return _page(
        request,
        "renew.html",
        _("New password for %s") % account,
        account,
        form=form,
        tells_passwords=services.tells_passwords(),
    )


@needs(REVEAL)
@never_cache
@require_POST
@sensitive_variables()
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a set-up link and show it, this once."""
    account = _account_or_404(pk)
    form = LinkForm(request.POST)
    if not services.may_make_link(request.user):
        why = _("Such a link has a new password made, which you may not do. Ask an admin for it.")
        return _no_link(request, account, why)
    if not form.is_valid():
        return _no_link(request, account, str(form.errors["reason"][0]))
    try:
        made = services.make_link(account, reason=form.cleaned_data["reason"], user=request.user)
    except services.NotToldError as error:
        return _no_link(request, account, str(error))
    base = settings.PUBLIC_BASE_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    url = base + reverse("phone", args=[made.token])
    is_local = is_local_name(urlsplit(base).hostname or "")
    context = {"link": made.link, "url": url, "qr": qr_of(url), "is_local": is_local}
    title = _("Set-up link for %s") % account
    return _page(request, "link.html", title, account, tells_passwords=services.tells_passwords(), **context)


def new_range(request: HttpRequest) -> HttpResponse:
    """Which accounts to make for a range of numbers; a POST leads to the page that shows each of them first."""
    kind = AccountsFromFile()
    if not kind.may_start(request.user):
        raise PermissionDenied
    form = RangeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        title = _("SIP accounts %(first)s to %(last)s") % form.cleaned_data
        rows = rows_of_range(form.numbers(), form.patterns())
        return redirect(runs.from_rows(kind, title, rows, user=request.user))
    return page(request, "sipaccount/range.html", _("SIP accounts for a range of numbers"), form=form)


def _account_or_404(pk: int) -> SipAccount:
    return get_object_or_404(SipAccount.objects.select_related("connection"), pk=pk)


def _shown(request: HttpRequest, account: SipAccount, told: Secret) -> HttpResponse:
    title = _("Password of %s") % account
    seconds = settings.APIDAZE_PASSWORD_SHOWN_SECONDS
    return _page(request, "shown.html", title, account, told=told, seconds=seconds)


def _no_link(request: HttpRequest, account: SipAccount, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("admin:telephony_sipaccount_phone", account.pk)


def _on_its_way(request: HttpRequest, account: SipAccount) -> HttpResponse:
    messages.success(request, _("The account is being made anew; its state tells how far that is."))
    return redirect(account)


def _page(request: HttpRequest, template: str, title: str, account: SipAccount, **context: Any) -> HttpResponse:
    return page(request, f"sipaccount/{template}", title, account=account, opts=SipAccount._meta, **context)
