"""The installation's OutVoice account: connect it, look whether it works, disconnect it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from contributors import services
from contributors.forms import SignInForm
from contributors.sync import OUTVOICE
from contributors.views.access import CONNECT, needs
from contributors.views.pages import page
from voicehub.remote.errors import RemoteError
from voicehub.sync.models import Connection

ACCOUNT_PAGE = "admin:contributors_contributor_account"


@sensitive_post_parameters("password")
@needs(CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The account and the sign-in form; posting e-mail and password connects or signs in again."""
    form = SignInForm(request.POST or None)
    if form.is_valid() and _connected(request, form):
        return redirect(ACCOUNT_PAGE)
    return page(
        request,
        "account.html",
        _("OutVoice account"),
        form=form,
        connection=services.current_connection(),
        address=OUTVOICE.base_url(),
    )


@needs(CONNECT)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Ask OutVoice whose account it is."""
    connection = services.current_connection()
    if connection and (name := _asked(request, lambda: services.check_account(connection))):
        messages.success(request, _("OutVoice answers: this is the account of %(name)s.") % {"name": name})
    return redirect(ACCOUNT_PAGE)


@needs(CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: HttpRequest) -> HttpResponse:
    connection = services.current_connection()
    if connection is None:
        return redirect(ACCOUNT_PAGE)
    if request.method != "POST":
        return page(request, "disconnect.html", _("Disconnect the OutVoice account"), connection=connection)
    services.disconnect(connection, user=request.user)
    messages.success(request, _("Disconnected. VoiceHub has forgotten how to sign in at OutVoice."))
    return redirect(ACCOUNT_PAGE)


def _connected(request: HttpRequest, form: SignInForm) -> bool:
    connection: Connection | None = _asked(request, lambda: services.connect(user=request.user, **form.cleaned_data))
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
    except RemoteError as error:
        messages.error(request, str(error))
    return None
