"""KPN / Apidaze: SIP accounts and the external script of a domain, behind KPN's gateway and natively."""

from collections.abc import Callable

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Operation, Outcome, Provider, Text
from voicehub.sandbox.providers.apidaze import accounts, calling, native, records, scripts, tokens
from voicehub.sandbox.providers.apidaze.doors import Door
from voicehub.sandbox.providers.apidaze.faults import KINDS
from voicehub.sandbox.providers.apidaze.gateway import GATEWAY
from voicehub.sandbox.providers.apidaze.native import NATIVE
from voicehub.sandbox.providers.apidaze.words import flat_error
from voicehub.sandbox.wire import Request

GATEWAY_PATH = "/communication/apidaze/cpaas"
NATIVE_PATH = "/native/{key}"
SCRIPTS = "/externalscripts"

Act = Callable[[Door, Request], Outcome]
Row = tuple[str, Text, str, str, Act]


def rows(accounts_path: str) -> tuple[Row, ...]:
    """What both doors offer. The test stands before the reading of a script, whose path fits it as well."""
    an_account, a_script = f"{accounts_path}/{{id}}", f"{SCRIPTS}/{{id}}"
    return (
        ("list-accounts", _("List of SIP accounts"), "GET", accounts_path, accounts.list_accounts),
        ("create-account", _("Create a SIP account"), "POST", accounts_path, accounts.create_account),
        ("read-account", _("Read a SIP account"), "GET", an_account, accounts.read_account),
        ("change-account", _("Change a SIP account"), "PUT", an_account, accounts.change_account),
        ("delete-account", _("Delete a SIP account"), "DELETE", an_account, accounts.delete_account),
        ("account-status", _("State of a SIP account"), "GET", f"{an_account}/status", accounts.show_status),
        ("list-scripts", _("List of scripts"), "GET", SCRIPTS, scripts.list_scripts),
        ("create-script", _("Register a script"), "POST", SCRIPTS, scripts.create_script),
        ("test-script", _("Test a script"), "GET", f"{SCRIPTS}/test", scripts.test_script),
        ("read-script", _("Read a script"), "GET", a_script, scripts.read_script),
        ("change-script", _("Change a script"), "PUT", a_script, scripts.change_script),
        ("delete-script", _("Delete a script"), "DELETE", a_script, scripts.delete_script),
    )


def of_the_gateway(name: str, label: Text, method: str, path: str, act: Act) -> Operation:
    # The address of a script holds a token of ours.
    is_confidential = act in (scripts.create_script, scripts.change_script)
    return Operation(
        name, label, method, GATEWAY_PATH + path, GATEWAY.guard(act), GATEWAY.error, is_confidential=is_confidential
    )


def natively(name: str, label: Text, method: str, path: str, act: Act) -> Operation:
    return Operation(
        f"native-{name}",
        format_lazy("{label} ({door})", label=label, door=_("native")),
        method,
        NATIVE_PATH + path,
        NATIVE.guard(act),
        NATIVE.error,
        # A form may hold the secret.
        is_confidential=True,
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
        *(of_the_gateway(*row) for row in rows("/sipaccounts")),
        natively("validate", _("Check the key"), "GET", "/validates", native.validate),
        *(natively(*row) for row in rows("/sipusers")),
        natively("reset-password", _("New password"), "POST", "/sipusers/{id}/password", native.reset_password),
    ),
    kinds=KINDS,
    not_found=flat_error(404, "There is nothing at this address."),
    reset=records.reset,
    is_empty=records.is_empty,
    records=records.read,
    edits=records.EDITS,
    errands={"call": calling.call},
)
