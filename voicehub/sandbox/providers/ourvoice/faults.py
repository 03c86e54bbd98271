"""The ways in which Ourvoice alone can fail."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Kind, Operation, Text, Value
from voicehub.sandbox.faults import Reshape, fixed, refused_with
from voicehub.sandbox.providers.ourvoice.access import INVALID, error, list_error, to_the_sign_in
from voicehub.sandbox.wire import Answer, json_answer

READERS = ("list-apps", "read-app", "create-app", "change-app", "patch-app")
SELDOM = ("message_template", "code_size", "account_id", "deleted_at")
Record = dict[str, Any]


def of_records(change: Callable[[Record], Record]) -> Reshape:
    """Change every record of an answer; a refusal holds none."""

    def reshape(operation: Operation, answer: Answer, value: Any) -> Answer:
        if answer.status not in (200, 201):
            return answer
        document = json.loads(answer.body)
        data = document["data"]
        document["data"] = [change(one) for one in data] if isinstance(data, list) else change(data)
        return replace(answer, body=json_answer(document).body)

    return reshape


def with_one_page_more(operation: Operation, answer: Answer, value: Any) -> Answer:
    if answer.status != 200:
        return answer
    document = json.loads(answer.body)
    document["meta"]["last_page"] += 1
    return replace(answer, body=json_answer(document).body)


def without_meta(operation: Operation, answer: Answer, value: Any) -> Answer:
    return json_answer({"data": json.loads(answer.body)["data"]}) if answer.status == 200 else answer


def invalid_field(operation: Operation, answer: Answer, value: Any) -> Answer:
    text = f"The {value} field is invalid."
    return error(INVALID, text, {value: [text]})


def invalid_in_a_list(operation: Operation, answer: Answer, value: Any) -> Answer:
    return list_error(INVALID, "Validation error", [f"Le champ {value} est invalide."])


def bare(operation: Operation, answer: Answer, value: Any) -> Answer:
    """The other envelope and status that a sent code may come in: neither is documented."""
    return json_answer(json.loads(answer.body)["data"], 201) if answer.status == 200 else answer


def telling_the_code(operation: Operation, answer: Answer, value: Any) -> Answer:
    """The record as it is, and its code once more wherever a server might repeat it."""
    if answer.status != 200:
        return answer
    sent = json.loads(answer.body)["data"]
    words = f"Votre code est {sent['code']}."
    return json_answer({"message": words, "data": sent | {"sms": {"body": words, "value": int(sent["code"])}}})


def error_with_the_code(status: int) -> Reshape:
    def reshape(operation: Operation, answer: Answer, value: Any) -> Answer:
        if answer.status != 200:
            return answer
        words = f"The gateway did not take {json.loads(answer.body)['data']['code']}."
        return error(status, words, {"code": [words], "send_to": [words]})

    return reshape


def refusal_kind(name: str, label: Text, help_text: Text, reshape: Reshape, field: str | None = None) -> Kind:
    takes = Value.TEXT if field else Value.NONE
    return Kind(name, label, help_text, acts=False, reshape=reshape, takes=takes, default=field)


def record_kind(name: str, label: Text, help_text: Text, reshape: Reshape) -> Kind:
    return Kind(name, label, help_text, reshape=reshape, operations=READERS)


KINDS = (
    refusal_kind(
        "invalid-field",
        _("Field refused, in a map"),
        _("Nothing is done; the answer is 422 with the errors by field. Value: the field (name)."),
        invalid_field,
        "name",
    ),
    refusal_kind(
        "invalid-list",
        _("Field refused, in a list"),
        _("Nothing is done; the answer is 422 with a list of French texts. Value: the field (name)."),
        invalid_in_a_list,
        "name",
    ),
    refusal_kind(
        "unauthorized-list",
        _("Not signed in, in a list"),
        _("Nothing is done; the answer is 401 in the shape with success and data."),
        fixed(list_error(401, "Unauthenticated.", ["Unauthenticated."])),
    ),
    refusal_kind(
        "sign-in-page",
        _("Sent to the sign-in"),
        _("Nothing is done; the answer is 302 to /login, as for those who do not ask for JSON."),
        fixed(to_the_sign_in()),
    ),
    refusal_kind(
        "no-credit",
        _("No credit"),
        _("Nothing is done; the answer is 402."),
        refused_with(402, "Insufficient balance."),
    ),
    Kind(
        "data-null",
        _("Acted, then data: null"),
        _("It is done; the answer holds no record."),
        reshape=fixed(json_answer({"data": None})),
    ),
    record_kind(
        "missing-keys",
        _("Records with keys missing"),
        _("Template, size, account and time of deletion are left out."),
        of_records(lambda one: {name: value for name, value in one.items() if name not in SELDOM}),
    ),
    record_kind(
        "size-as-text",
        _("Code size as a text"),
        _("The code size comes as digits in a text."),
        of_records(lambda one: one | {"code_size": str(one["code_size"])}),
    ),
    Kind(
        "bare",
        _("Acted, then 201 without data"),
        _("It is done; the answer is 201 and the record itself, with nothing around it."),
        reshape=bare,
        operations=("send-code",),
    ),
    Kind(
        "code-repeated",
        _("Acted, and tells the code everywhere"),
        _("It is done; the answer has the code in a sentence and under other names as well."),
        reshape=telling_the_code,
        operations=("send-code",),
    ),
    Kind(
        "code-in-error",
        _("Acted, then an error with the code"),
        _("It is done; then the answer is 500 and has the code in its sentences."),
        reshape=error_with_the_code(500),
        operations=("send-code",),
    ),
    Kind(
        "code-in-refusal",
        _("Acted, then a refusal with the code"),
        _("It is done; then the answer is 422 and has the code in its sentences."),
        reshape=error_with_the_code(INVALID),
        operations=("send-code",),
    ),
    Kind(
        "more-pages",
        _("A list that grows"),
        _("The answer says that there is one page more than a moment ago."),
        reshape=with_one_page_more,
        operations=("list-apps",),
    ),
    Kind(
        "no-meta",
        _("A list without pages"),
        _("The answer does not say how many pages there are."),
        reshape=without_meta,
        operations=("list-apps",),
    ),
)
