"""The ways in which Voitex alone can fail."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Kind, Operation
from voicehub.sandbox.faults import Reshape, fixed
from voicehub.sandbox.wire import Answer, json_answer

REFUSED = "Your account cannot do this at the moment."


def of_data(change: Callable[[Any], Any]) -> Reshape:
    """Change the `data` of an answer that is JSON; of any other, nothing."""

    def reshape(operation: Operation, answer: Answer, value: Any) -> Answer:
        try:
            document = json.loads(answer.body)
        except ValueError:
            return answer
        if document.get("status") != "success":
            return answer
        return replace(answer, body=json_answer(change(document)).body)

    return reshape


def without_data(document: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in document.items() if name != "data"}


def broken_data(operation: Operation, answer: Answer, value: Any) -> Answer:
    body = b'{ "status": "success", "data": "{ "id": "918357 ", "note": "saved" }", "errors": [] }'
    return replace(answer, body=body)


KINDS = (
    Kind(
        "errors-as-text",
        _("Refused, errors as a text"),
        _("Nothing is done; `errors` is a text instead of a list."),
        acts=False,
        reshape=fixed(json_answer({"status": "error", "errors": REFUSED})),
    ),
    Kind(
        "errors-missing",
        _("Refused, without errors"),
        _("Nothing is done; the answer says “error” and no more."),
        acts=False,
        reshape=fixed(json_answer({"status": "error"})),
    ),
    Kind(
        "data-object",
        _("Acted, data as an object"),
        _("It is done; `data` is an object."),
        reshape=of_data(lambda document: document | {"data": {"id ": f"{document.get('data', '')} "}}),
    ),
    Kind(
        "data-json",
        _("Acted, data as JSON text"),
        _("It is done; `data` is a text that is JSON itself."),
        reshape=of_data(lambda document: document | {"data": json.dumps({"id": document.get("data", "")})}),
    ),
    Kind(
        "data-broken",
        _("Acted, data as broken JSON"),
        _("It is done; `data` makes the whole answer invalid."),
        reshape=broken_data,
    ),
    Kind(
        "data-missing",
        _("Acted, without data"),
        _("It is done; the answer has no `data`."),
        reshape=of_data(without_data),
    ),
    Kind(
        "id-as-number",
        _("Acted, id as a number"),
        _("It is done; the id is a number instead of a text."),
        reshape=of_data(lambda document: document | {"data": 918357}),
    ),
)
