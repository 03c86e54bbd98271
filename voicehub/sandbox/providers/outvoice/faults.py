"""The ways in which OutVoice alone can fail."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Kind, Operation, Text, Value
from voicehub.sandbox.faults import Reshape, fixed
from voicehub.sandbox.providers.outvoice.tokens import refresh_error
from voicehub.sandbox.wire import Answer, json_answer

Names = dict[str, str]


def of_success(change: Callable[[Answer, Any], Answer]) -> Reshape:
    """Leave a refusal as it is: there is nothing in it to distort."""

    def reshape(operation: Operation, answer: Answer, value: Any) -> Answer:
        return change(answer, value) if answer.status == 200 else answer

    return reshape


def of_receipt(change: Callable[[str], str]) -> Reshape:
    return of_success(lambda answer, value: replace(answer, body=change(answer.body.decode()).encode()))


def of_list(change: Callable[[Names, Any], Any]) -> Reshape:
    return of_success(lambda answer, value: json_answer(change(json.loads(answer.body)[0], value)))


def times_100(receipt: str) -> str:
    # Only what stands before "sent to" is an amount; a name may hold digits.
    return re.sub(r"\$(\d+)(?:\.(\d\d))?(?= sent to )", lambda m: f"${m[1]}{m[2] or '00'}", receipt)


def with_other_name(receipt: str) -> str:
    amount, _between, _name = receipt.partition(" sent to ")
    return f"{amount} sent to Victor von Doom"


def without_one(names: Names, value: Any) -> list[Names]:
    gone = value or next(iter(names), None)
    return [{payee_id: name for payee_id, name in names.items() if payee_id != gone}]


def with_one_name(names: Names, value: Any) -> list[Names]:
    return [dict.fromkeys(names, next(iter(names.values()), ""))]


def receipt_kind(name: str, label: Text, help_text: Text, reshape: Reshape) -> Kind:
    return Kind(name, label, help_text, reshape=reshape, operations=("transaction",))


def list_kind(name: str, label: Text, help_text: Text, reshape: Reshape, takes: Value = Value.NONE) -> Kind:
    return Kind(name, label, help_text, reshape=reshape, takes=takes, operations=("list-freelancers",))


KINDS = (
    Kind(
        "refresh-token-used",
        _("Renewal refused"),
        _("Nothing is done; the answer says that the refresh token has been used before."),
        acts=False,
        reshape=fixed(refresh_error("Token has been revoked")),
        operations=("token",),
    ),
    receipt_kind(
        "quoted-receipt",
        _("Receipt in quotes"),
        _("The payment is booked; the receipt is a JSON string."),
        of_receipt(json.dumps),
    ),
    receipt_kind(
        "receipt-times-100",
        _("Receipt with a hundred times the amount"),
        _("The payment is booked as asked; the receipt names a hundred times as much."),
        of_receipt(times_100),
    ),
    receipt_kind(
        "receipt-other-name",
        _("Receipt with another name"),
        _("The payment is booked as asked; the receipt names somebody else."),
        of_receipt(with_other_name),
    ),
    list_kind(
        "list-split",
        _("List of single people"),
        _("Each payee comes in an object of its own."),
        of_list(lambda names, value: [{payee_id: name} for payee_id, name in names.items()]),
    ),
    list_kind(
        "list-object",
        _("List as an object"),
        _("The list comes as an object with the key 0."),
        of_list(lambda names, value: {"0": names}),
    ),
    list_kind("list-empty", _("Empty list: []"), _("Nobody is on the list."), of_list(lambda n, v: [])),
    list_kind("list-empty-list", _("Empty list: [[]]"), _("Nobody is on the list."), of_list(lambda n, v: [[]])),
    list_kind("list-empty-map", _("Empty list: [{}]"), _("Nobody is on the list."), of_list(lambda n, v: [{}])),
    list_kind("list-empty-object", _("Empty list: {}"), _("Nobody is on the list."), of_list(lambda n, v: {})),
    list_kind("list-null", _("Empty list: null"), _("Nobody is on the list."), of_list(lambda n, v: None)),
    list_kind(
        "list-duplicate-names",
        _("Everybody has one name"),
        _("All payees on the list have the name of the first."),
        of_list(with_one_name),
    ),
    list_kind(
        "list-payee-gone",
        _("A payee is missing"),
        _("One payee is not on the list. Value: the id; without it, the first."),
        of_list(without_one),
        takes=Value.TEXT,
    ),
    list_kind(
        "list-rubbish",
        _("A list that makes no sense"),
        _("Numbers, empty values and lists stand where names should."),
        of_list(lambda names, value: [{"1": 7, "2": None, "3": ["x"]}, "what", 5]),
    ),
)
