"""The ways in which Voitex alone can fail."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Kind, Operation
from voicehub.sandbox.faults import Reshape, fixed
from voicehub.sandbox.models import VoitexSms
from voicehub.sandbox.providers.voitex import sending
from voicehub.sandbox.wire import Answer, json_answer

REFUSED = "Your account cannot do this at the moment."
NUMBER = 918357
Document = dict[str, Any]


def of_success(change: Callable[[Document], bytes]) -> Reshape:
    """Word a success anew; a refusal stays as it is."""

    def reshape(operation: Operation, answer: Answer, value: Any) -> Answer:
        document = document_of(answer)
        return replace(answer, body=change(document)) if document["status"] == "success" else answer

    return reshape


def document_of(answer: Answer) -> Document:
    """What an answer says. The usual one to a text is no JSON: it is told from the text, which was sent just now."""
    try:
        return dict(json.loads(answer.body))
    except ValueError:
        return {"status": "success", "data": sending.told(VoitexSms.objects.latest("pk")), "errors": []}


def of_data(change: Callable[[Any], Any]) -> Reshape:
    """Change the `data` of a success; of a call, which has none, its reference becomes one."""

    def changed(document: Document) -> bytes:
        data = document.get("data", {"reference_id": document.get("reference_id", "")})
        return json_answer({**document, "data": change(data)}).body

    return of_success(changed)


def as_object(data: Any) -> Document:
    """Blanks stand around names and texts, as in the documents."""
    named = data if isinstance(data, dict) else {"id": data}
    return {f"{name} ": f"{value} " if isinstance(value, str) else value for name, value in named.items()}


def with_broken_data(document: Document) -> bytes:
    data = json.dumps(as_object(document.get("data", document.get("reference_id"))))
    return f'{{ "status": "success", "data": "{data}", "errors": [] }}'.encode()


def without_data(document: Document) -> bytes:
    kept = {name: part for name, part in document.items() if name not in ("data", "reference_id")}
    return json_answer(kept).body


def with_number(document: Document) -> bytes:
    name = "reference_id" if "reference_id" in document else "data"
    given = str(document[name])
    return json_answer({**document, name: int(given) if given.isdecimal() else NUMBER}).body


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
        reshape=of_data(as_object),
    ),
    Kind(
        "data-json",
        _("Acted, data as JSON text"),
        _("It is done; `data` is a text that is JSON itself."),
        reshape=of_data(lambda data: json.dumps(as_object(data))),
    ),
    Kind(
        "data-broken",
        _("Acted, data as broken JSON"),
        _("It is done; `data` makes the whole answer invalid."),
        reshape=of_success(with_broken_data),
    ),
    Kind(
        "data-text",
        _("Acted, data as a plain text"),
        _("It is done; `data` is a sentence."),
        reshape=of_data(lambda data: "Your request has been processed."),
    ),
    Kind(
        "data-missing",
        _("Acted, without data"),
        _("It is done; the answer has neither `data` nor a reference."),
        reshape=of_success(without_data),
    ),
    Kind(
        "id-as-number",
        _("Acted, id as a number"),
        _("It is done; the id is a number instead of a text."),
        reshape=of_success(with_number),
    ),
)
