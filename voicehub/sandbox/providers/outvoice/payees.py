"""OutVoice's list of the people who can be paid."""

from voicehub.sandbox.models import OutVoicePayee
from voicehub.sandbox.providers.outvoice.tokens import signed_in
from voicehub.sandbox.wire import Answer, Request, json_answer


def list_payees(request: Request) -> Answer:
    """One map inside a list: `[{"1": "Steve Rogers", …}]`, ids as text."""
    payees = OutVoicePayee.objects.filter(user=signed_in(request).user_id, is_active=True).order_by("pk")
    return json_answer([dict(payees.values_list("payee_id", "name"))])
