"""A Trigger request: what Voitex tells of a call. Data of cards is left behind here, at the door."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from telephony.trigger.masking import masked_call_id, masked_keys, masked_values
from telephony.trigger.reading import decoded, fields_of, listed, merged, text_of, texts_of
from voicehub.common.hooks.kinds import Inbound
from voicehub.remote.card_numbers import without_card_numbers

# As a contact that is told as a mere text is found.
INFO = "info"
_NUMBER = re.compile(r"\+?[0-9][0-9\s().-]*")
# Whatever else stands in these fields may be anything, and is left behind.
_LAST_FOUR = re.compile(r"\D*([0-9]+)\D*")
_AMOUNT = re.compile(r"\D{0,5}[0-9][0-9.,]{0,14}\D{0,5}")
_TRANSACTION = re.compile(r"[\w.:/-]{1,64}")


@dataclass(frozen=True, repr=False)
class Stop:
    """A branch that the call came through, and the keys that were pressed there."""

    branch: str
    keys: str = ""


@dataclass(frozen=True, repr=False)
class Payment:
    """All that is ever known of a payment. The amount is text, of a unit that nobody tells."""

    last_four: str = ""
    amount: str = ""
    transaction_id: str = ""


@dataclass(frozen=True, repr=False)
class TriggerRequest:
    """What is known of a call. Numbers are E.164 where they can be read, else the text that came.

    `path` begins with the first branch. `sent_at` is Voitex's time, of a zone that it does not tell. Reports of
    errors do not tell what is in it.
    """

    call_id: str = ""
    did: str = ""
    caller: str = ""
    caller_name: str = ""
    sent_at: str = ""
    path: tuple[Stop, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)
    payments: tuple[Payment, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def masked(self) -> "TriggerRequest":
        """The same as far as it may be kept and shown."""
        return TriggerRequest(
            call_id=masked_call_id(self.call_id),
            did=without_card_numbers(self.did),
            caller=without_card_numbers(self.caller),
            caller_name=without_card_numbers(self.caller_name),
            sent_at=without_card_numbers(self.sent_at),
            path=tuple(Stop(without_card_numbers(one.branch), masked_keys(one.keys)) for one in self.path),
            contact=masked_values(self.contact),
            payments=tuple(map(_masked_payment, self.payments)),
            variables=masked_values(self.variables),
        )


def read(request: Inbound) -> TriggerRequest:
    """What a request tells, as far as it can be read; nothing of it is a request with nothing in it."""
    fields = fields_of(request)
    return TriggerRequest(
        call_id=text_of(fields.get("call_id")),
        did=as_number(text_of(fields.get("did"))),
        caller=as_number(text_of(fields.get("cid"))),
        caller_name=text_of(fields.get("cnam")),
        sent_at=text_of(fields.get("date_time")),
        path=tuple(map(_stop, listed(fields.get("branch_data")))),
        contact=_contact(fields.get("contact_info")),
        payments=tuple(filter(Payment().__ne__, map(_payment, listed(fields.get("payment_info"))))),
        variables=texts_of(fields.get("variables")),
    )


def as_number(text: str) -> str:
    """A number of ten digits, or of eleven with a 1 in front, as E.164; whatever else it is, as it stands."""
    if not _NUMBER.fullmatch(text):
        return text
    digits = "".join(one for one in text if one.isdigit())
    if len(digits) == 10 and not text.startswith("+"):
        return f"+1{digits}"
    is_with_country = text.startswith("+") or (len(digits) == 11 and digits.startswith("1"))
    return f"+{digits}" if is_with_country else text


def _stop(value: Any) -> Stop:
    """The branch alone may be told as a text."""
    if isinstance(value, Mapping):
        fields = merged(value)
        return Stop(text_of(fields.get("branch")), text_of(fields.get("input")))
    return Stop(text_of(value))


def _contact(value: Any) -> dict[str, str]:
    value = decoded(value)
    if isinstance(value, Mapping | list):
        return texts_of(value)
    text = text_of(value)
    return {INFO: text} if text else {}


def _payment(value: Any) -> Payment:
    fields = merged(value)
    last_four = _LAST_FOUR.fullmatch(text_of(fields.get("last_four")))
    amount, transaction_id = text_of(fields.get("amount")), text_of(fields.get("transaction_id"))
    return Payment(
        last_four[1][-4:] if last_four else "",
        amount if _AMOUNT.fullmatch(amount) else "",
        transaction_id if _TRANSACTION.fullmatch(transaction_id) else "",
    )


def _masked_payment(payment: Payment) -> Payment:
    return replace(
        payment,
        amount=without_card_numbers(payment.amount),
        transaction_id=without_card_numbers(payment.transaction_id),
    )
