"""Ourvoice: the apps of an account, and what is documented of its neighbours."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Operation, Provider, Text
from voicehub.sandbox.providers.ourvoice import access, apps, records, siblings
from voicehub.sandbox.providers.ourvoice.faults import KINDS
from voicehub.sandbox.wire import Answer, Request, json_answer

APP = "/v1/apps/{id}"


def operation(name: str, label: Text, method: str, path: str, act: Callable[[Request], Answer]) -> Operation:
    return Operation(name, label, method, path, act=act, error=access.error)


OURVOICE = Provider(
    name="ourvoice",
    label=_("Ourvoice"),
    operations=(
        operation("list-apps", _("List of apps"), "GET", "/v1/apps", apps.list_apps),
        operation("create-app", _("Create an app"), "POST", "/v1/apps", apps.create_app),
        operation("read-app", _("Read an app"), "GET", APP, apps.read_app),
        operation("change-app", _("Change an app"), "PUT", APP, apps.change_app),
        operation("patch-app", _("Change an app (PATCH)"), "PATCH", APP, apps.change_app),
        operation("delete-app", _("Delete an app"), "DELETE", APP, apps.delete_app),
        operation("list-senders", _("List of senders"), "GET", "/v1/senders", siblings.list_senders),
        operation("send-code", _("Send a code"), "POST", "/v1/otp/send", siblings.send_code),
        operation("balance", _("Balance"), "GET", "/v1/current/balance", siblings.show_balance),
    ),
    kinds=KINDS,
    not_found=json_answer({"message": "Not Found"}, 404),
    reset=records.reset,
    is_empty=records.is_empty,
    records=records.read,
    edits=records.EDITS,
)
