"""Notification calls and texts. Nothing keeps one from being made twice: a second request makes a second one."""

import random
import string

from django.utils import timezone

from voicehub.sandbox.models import VoitexCall, VoitexHotline, VoitexSms
from voicehub.sandbox.providers.voitex.access import (
    Fields,
    broken,
    hotline,
    needed,
    number,
    quoted,
    refusal,
    success,
    the_account,
)
from voicehub.sandbox.wire import Answer, Request


def place_call(fields: Fields, request: Request) -> Answer:
    caller, to = hotline(fields, "cid"), number(fields, "to")
    if needed(fields, "type") != "goto":
        raise refusal("This type is not available yet.")
    route, branch = hotline(fields, "route_number"), needed(fields, "branch_number")
    if branch not in route.branches:
        raise refusal("There is no such branch.")
    call = VoitexCall.objects.create(
        cid=caller.did,
        to=to,
        route_number=route.did,
        branch_number=branch,
        reference_id=_reference(15),
        placed_at=timezone.now(),
    )
    return success(reference_id=call.reference_id)


def send_sms(fields: Fields, request: Request) -> Answer:
    sender, to, body = hotline(fields, "from"), number(fields, "to"), needed(fields, "body")
    if not sender.takes_sms:
        raise refusal("This number cannot send texts.")
    sms = VoitexSms.objects.create(
        sender=sender.did, to=to, body=body, reference_id=_reference(6), sent_at=timezone.now()
    )
    return success(told(sms)) if the_account().sms_as_object else broken(_as_documented(told(sms)))


def told(sms: VoitexSms) -> dict[str, str]:
    """What the answer to a text says about it."""
    did_type = VoitexHotline.objects.get(did=sms.sender).did_type
    return {
        "to": sms.to,
        "from": sms.sender,
        "body": sms.body,
        "did_type": did_type,
        "reference_id": sms.reference_id,
    }


def _as_documented(told: dict[str, str]) -> str:
    """Not valid, with blanks in odd places and a key that stands there twice."""
    return (
        f'{{ "status": "success", "data": "{{ "to": {quoted(told["to"])}, "from ": "{told["from"]} ", '
        f'"body": {quoted(told["body"])}, "did_type ": "{told["did_type"]} ", '
        f'"from ": "{told["reference_id"]} " }}", "errors": [] }}'
    )


def _reference(length: int) -> str:
    return "".join(random.choices(string.ascii_letters + string.digits, k=length))
