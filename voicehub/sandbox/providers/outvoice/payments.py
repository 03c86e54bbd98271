"""Payments at OutVoice: all rows of a request are booked, or none; nothing is ever recognised as a repetition."""

import json
import re
from typing import Any

from django.utils import timezone

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import OutVoicePayee, OutVoicePayment
from voicehub.sandbox.providers.outvoice.tokens import signed_in
from voicehub.sandbox.wire import Answer, Request, json_answer, text_answer

CURRENCY = "USD"
PAYABLE = "SELECT * FROM sandbox_outvoicepayee WHERE user_id = %s AND payee_id = %s AND is_active"
WHOLE_CENTS = re.compile(r"[0-9]{1,12}")
WITH_DECIMALS = re.compile(r"([0-9]{1,10})\.([0-9]{2})")


def pay(request: Request) -> Answer:
    user_id = signed_in(request).user_id
    payments = [_read_payment(row, request.body, user_id) for row in _read_rows(request.body)]
    for payment in payments:
        payment.save(force_insert=True)
    return text_answer(", ".join(f"{_dollars(payment.cents)} sent to {payment.name}" for payment in payments))


def error(status: int, sentence: str) -> Answer:
    """A sentence for the user with a 400, JSON with everything that stops earlier."""
    return text_answer(sentence, 400) if status == 400 else json_answer({"message": sentence}, status)


def refusal(sentence: str) -> RefusedError:
    return RefusedError(error(400, sentence))


def read_cents(amount: Any) -> int:
    """Minor units: `"2000"`, `2000` and `"20.00"` are all twenty dollars. Raises RefusedError for anything else."""
    text = str(amount) if isinstance(amount, str | int) and not isinstance(amount, bool) else ""
    decimals = WITH_DECIMALS.fullmatch(text)
    if not decimals and not WHOLE_CENTS.fullmatch(text):
        raise refusal("The amount is not valid.")
    cents = int("".join(decimals.groups()) if decimals else text)
    if cents < 1:
        raise refusal("The amount is too small.")
    return cents


def _read_rows(body: bytes) -> list[dict[str, Any]]:
    """The rows of an array, or of an object whose keys count from 0."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise refusal("The request could not be read.") from None
    if isinstance(document, dict) and list(document) == [str(index) for index in range(len(document))]:
        document = list(document.values())
    if not isinstance(document, list) or not document:
        raise refusal("There is nothing to pay.")
    if not all(isinstance(row, dict) for row in document):
        raise refusal("A payment could not be read.")
    return document


def _read_payment(row: dict[str, Any], body: bytes, user_id: int) -> OutVoicePayment:
    payee = _find_payee(row.get("freelancer"), user_id)
    if row.get("currency") != CURRENCY:
        raise refusal("The currency is not supported.")
    return OutVoicePayment(
        user_id=user_id,
        booked_at=timezone.now(),
        freelancer=payee.payee_id,
        name=payee.name,
        cents=read_cents(row.get("amount")),
        currency=CURRENCY,
        url=_read_text(row, "url"),
        title=_read_text(row, "title"),
        body=body.decode(errors="replace"),
    )


def _find_payee(payee_id: Any, user_id: int) -> OutVoicePayee:
    # The real ids are text: a client that sends numbers is to be noticed.
    is_text = isinstance(payee_id, str)
    found = OutVoicePayee.objects.raw(PAYABLE, [user_id, writable(payee_id)]) if is_text else ()
    payee = next(iter(found), None)
    if payee is None:
        raise refusal("The freelancer could not be found.")
    return payee


def _read_text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise refusal(f"The {key} is missing.")
    return writable(value)


def writable(text: str) -> str:
    """JSON can spell half a character, which no database takes."""
    return text.encode(errors="replace").decode()


def _dollars(cents: int) -> str:
    dollars, rest = divmod(cents, 100)
    return f"${dollars}.{rest:02}" if rest else f"${dollars}"
