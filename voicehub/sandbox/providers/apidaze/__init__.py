"""KPN / Apidaze: SIP accounts and the external script of a domain."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Operation, Provider, Text
from voicehub.sandbox.providers.apidaze import accounts, records, scripts, tokens
from voicehub.sandbox.providers.apidaze.doors import Door
from voicehub.sandbox.providers.apidaze.gateway import GATEWAY
from voicehub.sandbox.providers.apidaze.words import flat_error
from voicehub.sandbox.wire import Answer, Request

GATEWAY_PATH = "/communication/apidaze/cpaas"
Act = Callable[[Door, Request], Answer]


def of_gateway(name: str, label: Text, method: str, path: str, act: Act, is_confidential: bool = False) -> Operation:
    return Operation(
        name,
        label,
        method,
        GATEWAY_PATH + path,
        act=GATEWAY.guard(act),
        error=GATEWAY.error,
        is_confidential=is_confidential,
    )


APIDAZE = Provider(
    name="apidaze",
    label=_("KPN / Apidaze"),
    operations=(
        Operation(
            "token",
            _("Sign in"),
            "POST",
            "/oauth/client_credential/accesstoken",
            act=tokens.grant,
            error=tokens.token_error,
            is_confidential=True,
        ),
        of_gateway("list-accounts", _("List of SIP accounts"), "GET", "/sipaccounts", accounts.list_accounts),
        of_gateway("create-account", _("Create a SIP account"), "POST", "/sipaccounts", accounts.create_account),
        of_gateway("read-account", _("Read a SIP account"), "GET", "/sipaccounts/{id}", accounts.read_account),
        of_gateway("change-account", _("Change a SIP account"), "PUT", "/sipaccounts/{id}", accounts.change_account),
        of_gateway(
            "delete-account", _("Delete a SIP account"), "DELETE", "/sipaccounts/{id}", accounts.delete_account
        ),
        of_gateway(
            "account-status", _("State of a SIP account"), "GET", "/sipaccounts/{id}/status", accounts.show_status
        ),
        of_gateway("list-scripts", _("List of scripts"), "GET", "/externalscripts", scripts.list_scripts),
        of_gateway("create-script", _("Create a script"), "POST", "/externalscripts", scripts.create_script, True),
        of_gateway("read-script", _("Read a script"), "GET", "/externalscripts/{id}", scripts.read_script),
        of_gateway(
            "change-script", _("Change a script"), "PUT", "/externalscripts/{id}", scripts.change_script, True
        ),
        of_gateway("delete-script", _("Delete a script"), "DELETE", "/externalscripts/{id}", scripts.delete_script),
    ),
    kinds=(),
    not_found=flat_error(404, "There is nothing at this address."),
    reset=records.reset,
    is_empty=records.is_empty,
    records=records.read,
    edits=records.EDITS,
)
