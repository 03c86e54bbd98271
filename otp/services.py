"""What people do with OTP apps and test codes. Forms, pages and commands all come through here."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from otp.models import OtpApp, Sender, TestCode
from otp.obstacles import why_not_send
from otp.placeholders import placeholders_in
from otp.rules import DAILY_LIMIT
from otp.sync import OURVOICE
from otp.template_check import TemplateCheck, check
from voicehub.common import limits
from voicehub.sync import queue
from voicehub.sync.accounts import account_by_key
from voicehub.sync.models import Connection, RecordState

APPS_TO_LEARN_FROM = 200


class NotConnectedError(Exception):
    """There is no key for Ourvoice; the text says what to do."""


class NotSendableError(Exception):
    """No code can be sent for this app to this number; the text says why."""


def account() -> Connection:
    """The account of the key in the settings. Raises NotConnectedError."""
    connection = account_by_key(OURVOICE)
    if connection is None:
        raise NotConnectedError(_("There is no key for Ourvoice. An administrator can set OURVOICE_API_KEY."))
    return connection


def save_app(app: OtpApp, *, user: Any) -> OtpApp:
    """Save an app and queue what Ourvoice has to learn. A new one belongs to the account of the key.

    Raises NotConnectedError.
    """
    if app.connection_id is None:
        app.connection = account()
    app.message_template = app.message_template or default_template(app.name)
    app.save(user=user)
    return app


def check_name(name: str, *, besides: OtpApp | None) -> None:
    """Raises ValidationError when an app `besides` this one bears the name."""
    namesakes = OtpApp.objects.filter(name__iexact=name, connection__disconnected_at=None)
    if any(app != besides for app in namesakes):
        raise ValidationError(
            _("There is another app of this name, capitals aside. Codes that are asked for by name need one.")
        )


def claim_name(name: str, *, besides: OtpApp | None) -> None:
    """The same for a name that is about to be saved: until then nobody else can claim one, however quick they are.

    Call it in the transaction that saves. Raises ValidationError.
    """
    accounts = Connection.objects.filter(provider=OURVOICE.slug, disconnected_at=None)
    list(accounts.select_for_update(no_key=True).order_by("pk"))
    check_name(name, besides=besides)


def default_template(name: str) -> str:
    """What Ourvoice itself takes when there is no template. The name is written out: a new one does not change it."""
    return f"Votre code pour {name} est: {{{{code}}}}"


def check_template(app: OtpApp) -> TemplateCheck:
    """How the message of an app will look, and what looks wrong about its template; the app may be unsaved."""
    name = app.name or _("App name")
    in_use = placeholders_in_use(app) if app.message_template else frozenset[str]()
    template = app.message_template or default_template(name)
    return check(template, app_name=name, code_size=app.code_size, in_use=in_use)


def placeholders_in_use(app: OtpApp) -> frozenset[str]:
    """The placeholders of the account's other apps, as far as these are in step with Ourvoice."""
    account = {"connection": app.connection_id} if app.connection_id else {"connection__disconnected_at": None}
    others = OtpApp.objects.filter(**account, sync_state=RecordState.IN_STEP).exclude(pk=app.pk)
    templates = others.order_by("-pk").values_list("message_template", flat=True)
    return frozenset[str]().union(*map(placeholders_in, templates[:APPS_TO_LEARN_FROM]))


def sender_names() -> dict[str, str]:
    """How the senders that Ourvoice lists are called, by their ids."""
    return dict(Sender.objects.filter(connection__disconnected_at=None).values_list("remote_id", "name"))


def send_test_code(app: OtpApp, number: str, *, confirmation: UUID, user: Any) -> TestCode:
    """Have Ourvoice send a code of this app to a phone (E.164): once for a confirmation, however often that comes.

    Raises NotSendableError and `voicehub.common.limits.LimitReachedError`.
    """
    with transaction.atomic():
        if earlier := TestCode.objects.filter(confirmation=confirmation).first():
            return earlier
        if problem := why_not_send(app, number):
            raise NotSendableError(problem)
        about = {
            "connection": app.connection,
            "app": app,
            "app_name": app.name,
            "number": number,
            "requested_by": user,
        }
        code, is_new = TestCode.objects.get_or_create(confirmation=confirmation, defaults=about)
        if is_new:
            # It counts already: were it counted first, a second press could take the first one for too much.
            limits.check(DAILY_LIMIT, user=user, adding=limits.Use())
            queue.send_once(code, user=user)
    return code
