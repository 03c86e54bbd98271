"""Accounts at OutVoice: the installation's and one's own. Connect, look whether it works, disconnect."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from contributors import services
from contributors.forms import SignInForm
from contributors.models import Transaction
from contributors.sync import OUTVOICE
from contributors.views.access import CONNECT, CONNECT_OWN, needs
from contributors.views.pages import page
from voicehub.remote.errors import RemoteError
from voicehub.sync.models import Connection
from voicehub.sync.told import in_your_language

ANSWERED = ["GET", "HEAD", "POST"]
UNSENT = (Transaction.State.APPROVAL, Transaction.State.WAITING, Transaction.State.HELD)


@dataclass(frozen=True)
class Whose:
    """Whose account a page is about. `pages` begins the names of its three addresses."""

    is_own: bool
    title: Any
    pages: str

    def connection(self, user: Any) -> Connection | None:
        return services.own_account(user) if self.is_own else services.installation_account()

    @property
    def page(self) -> str:
        return f"admin:contributors_contributor_{self.pages}account"

    @property
    def check_page(self) -> str:
        return f"admin:contributors_contributor_{self.pages}check"

    @property
    def disconnect_page(self) -> str:
        return f"admin:contributors_contributor_{self.pages}disconnect"


INSTALLATION = Whose(False, gettext_lazy("OutVoice account"), "")
OWN = Whose(True, gettext_lazy("My OutVoice account"), "own_")


@sensitive_post_parameters("password")
@needs(CONNECT)
@require_http_methods(ANSWERED)
def account(request: HttpRequest) -> HttpResponse:
    return _account(request, INSTALLATION)


@sensitive_post_parameters("password")
@needs(CONNECT_OWN)
@require_http_methods(ANSWERED)
def own_account(request: HttpRequest) -> HttpResponse:
    return _account(request, OWN)


@needs(CONNECT)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    return _check(request, INSTALLATION)


@needs(CONNECT_OWN)
@require_POST
def own_check(request: HttpRequest) -> HttpResponse:
    return _check(request, OWN)


@needs(CONNECT)
@require_http_methods(ANSWERED)
def disconnect(request: HttpRequest) -> HttpResponse:
    return _disconnect(request, INSTALLATION)


@needs(CONNECT_OWN)
@require_http_methods(ANSWERED)
def own_disconnect(request: HttpRequest) -> HttpResponse:
    return _disconnect(request, OWN)


def _account(request: HttpRequest, whose: Whose) -> HttpResponse:
    """The account and the sign-in form; posting e-mail and password connects or signs in again."""
    form = SignInForm(request.POST or None)
    if form.is_valid() and _connected(request, whose, form):
        return redirect(whose.page)
    return page(
        request,
        "account.html",
        str(whose.title),
        form=form,
        whose=whose,
        connection=whose.connection(request.user),
        installation=services.installation_account(),
        address=OUTVOICE.base_url(),
    )


def _check(request: HttpRequest, whose: Whose) -> HttpResponse:
    """Ask OutVoice whose account it is."""
    connection = whose.connection(request.user)
    if connection and (name := _asked(request, lambda: services.check_account(connection))):
        messages.success(request, _("OutVoice answers: this is the account of %(name)s.") % {"name": name})
    return redirect(whose.page)


def _disconnect(request: HttpRequest, whose: Whose) -> HttpResponse:
    connection = whose.connection(request.user)
    if connection is None:
        return redirect(whose.page)
    if request.method != "POST":
        unsent = Transaction.objects.filter(connection=connection, state__in=UNSENT).count()
        return page(request, "disconnect.html", _("Disconnect"), connection=connection, whose=whose, unsent=unsent)
    services.disconnect(connection, user=request.user)
    messages.success(request, _("Disconnected. VoiceHub has forgotten how to sign in at OutVoice."))
    return redirect(whose.page)


def _connected(request: HttpRequest, whose: Whose, form: SignInForm) -> bool:
    connect = partial(services.connect, user=request.user, is_own=whose.is_own, **form.cleaned_data)
    connection: Connection | None = _asked(request, connect)
    if connection is None:
        return False
    messages.success(
        request,
        _("Connected: this is the account of %(name)s. Its contributors are being fetched.")
        % {"name": connection.name},
    )
    return True


def _asked(request: HttpRequest, question: Callable[[], Any]) -> Any:
    """OutVoice's answer; when there is none, None and a message that says why."""
    try:
        return question()
    except (RemoteError, services.TakenError) as error:
        messages.error(request, in_your_language(str(error)))
    return None
