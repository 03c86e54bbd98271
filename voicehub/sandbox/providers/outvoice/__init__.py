"""OutVoice: signing in, the list of payees, and payments that can never be asked about."""

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Operation, Provider
from voicehub.sandbox.providers.outvoice import payees, payments, records, tokens
from voicehub.sandbox.providers.outvoice.faults import KINDS
from voicehub.sandbox.wire import json_answer

OUTVOICE = Provider(
    name="outvoice",
    label=_("OutVoice"),
    operations=(
        Operation(
            "token",
            _("Sign in or renew"),
            "POST",
            "/oauth/token",
            act=tokens.grant,
            error=tokens.token_error,
            is_confidential=True,
        ),
        Operation(
            "auth-check",
            _("Who is signed in"),
            "GET",
            "/api/v1.0/auth-check",
            act=tokens.check,
            error=payments.error,
        ),
        Operation(
            "list-freelancers",
            _("List of payees"),
            "GET",
            "/api/v1.0/list-freelancers",
            act=payees.list_payees,
            error=payments.error,
        ),
        Operation(
            "transaction",
            _("Payment"),
            "POST",
            "/api/v1.0/transaction",
            act=payments.pay,
            error=payments.error,
        ),
    ),
    kinds=KINDS,
    not_found=json_answer({"message": "Not Found"}, 404),
    reset=records.reset,
    is_empty=records.is_empty,
    records=records.read,
    edits=records.EDITS,
)
