"""The ways in which KPN and Apidaze alone can fail."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Kind, Operation, Text, Value
from voicehub.sandbox.faults import Reshape, fixed, refused_with
from voicehub.sandbox.models import ApidazeScript, ApidazeSipAccount, ApidazeToken
from voicehub.sandbox.providers.apidaze import native
from voicehub.sandbox.providers.apidaze.gateway import EXPIRED, INVALID
from voicehub.sandbox.providers.apidaze.words import fault
from voicehub.sandbox.wire import JSON, Answer, json_answer

WRITTEN = ("create-account", "change-account", "delete-account", "create-script", "change-script", "delete-script")
OF_ACCOUNTS = ("list-accounts", "create-account", "read-account", "change-account")
OF_SCRIPTS = ("list-scripts", "create-script", "read-script", "change-script")
TESTED = ("test-script",)
Record = dict[str, Any]


def natively_too(operations: Sequence[str]) -> tuple[str, ...]:
    return (*operations, *(f"native-{name}" for name in operations))


def of_records(change: Callable[[Record], Record]) -> Reshape:
    """Change every record of an answer; a refusal holds none."""

    def reshape(operation: Operation, answer: Answer, value: Any) -> Answer:
        if answer.content_type != JSON or answer.status >= 400:
            return answer
        document = json.loads(answer.body)
        changed = [change(one) for one in document] if isinstance(document, list) else change(document)
        return replace(answer, body=json_answer(changed).body)

    return reshape


def without_sip(record: Record) -> Record:
    return {name: value for name, value in record.items() if name != "sip"}


def without_most(record: Record) -> Record:
    return {name: value for name, value in record.items() if name in ("id", "sip", "url")}


def as_natively(record: Record) -> Record:
    """The same record as the other door shows it; one that is gone stays as it is."""
    if "sip" in record:
        account = ApidazeSipAccount.objects.filter(pk=int(record["id"])).first()
        return native.show_account(account, True) if account else record
    script = ApidazeScript.objects.filter(pk=int(record["id"])).first()
    return native.show_script(script) if script else record


def with_parameters(record: Record) -> Record:
    return record | {"uri": f"{record['uri']};transport=udp;fs_nat=yes"}


def as_the_account(operation: Operation, answer: Answer, value: Any) -> Answer:
    account = ApidazeSipAccount.objects.order_by("pk").first()
    return json_answer(native.show_account(account)) if account else answer


def expired_at_once(operation: Operation, answer: Answer, value: Any) -> Answer:
    newest = ApidazeToken.objects.order_by("-pk").first()
    if newest:
        ApidazeToken.objects.filter(pk=newest.pk).update(expires_at=timezone.now())
    return answer


def in_json(operation: Operation, answer: Answer, value: Any) -> Answer:
    return json_answer(answer.body.decode(errors="replace")) if answer.status == 200 else answer


def failure_inside(operation: Operation, answer: Answer, value: Any) -> Answer:
    return json_answer({"failure": value}, 202)


def refusal_kind(name: str, label: Text, help_text: Text, status: int, sentence: str) -> Kind:
    return Kind(name, label, help_text, acts=False, takes=Value.TEXT, reshape=refused_with(status, sentence))


def record_kind(name: str, label: Text, help_text: Text, reshape: Reshape, operations: Sequence[str]) -> Kind:
    return Kind(name, label, help_text, reshape=reshape, operations=natively_too(operations))


KINDS = (
    refusal_kind(
        "conflict",
        _("In use already"),
        _("Nothing is done; the answer is 409. Value: the sentence."),
        409,
        "username is in use already.",
    ),
    refusal_kind(
        "method-not-allowed",
        _("Method not allowed"),
        _("Nothing is done; the answer is 405. Value: the sentence."),
        405,
        "Method Not Allowed",
    ),
    refusal_kind(
        "precondition-failed",
        _("Precondition failed"),
        _("Nothing is done; the answer is 412. Value: the sentence."),
        412,
        "A precondition is not met.",
    ),
    Kind(
        "fault-in-200",
        _("A fault inside 200"),
        _("Nothing is done; the answer is 200, and says inside that the token is not valid."),
        acts=False,
        reshape=fixed(fault(200, *INVALID)),
    ),
    Kind(
        "fault-in-500",
        _("A fault inside 500"),
        _("Nothing is done; the answer is 500, and says inside that the token has expired."),
        acts=False,
        reshape=fixed(fault(500, *EXPIRED)),
    ),
    Kind(
        "failure-in-202",
        _("A failure inside 202"),
        _("Nothing is done; the answer is 202 with a failure inside. Value: the failure."),
        acts=False,
        takes=Value.TEXT,
        default="The change could not be made.",
        reshape=failure_inside,
        operations=natively_too(WRITTEN),
    ),
    Kind(
        "put-off",
        _("Accepted, done later"),
        _("The answer is 202; it is done later. Value: reads that still show the old state (1)."),
        acts=False,
        is_put_off=True,
        takes=Value.COUNT,
        default=1,
        reshape=fixed(Answer(202)),
        operations=natively_too(WRITTEN),
    ),
    Kind(
        "token-expires-early",
        _("Token expires early"),
        _("The token is given out for an hour, and is too old at once."),
        reshape=expired_at_once,
        operations=("token",),
    ),
    record_kind(
        "no-sip",
        _("Accounts without “sip”"),
        _("Username and password are left out."),
        of_records(without_sip),
        OF_ACCOUNTS,
    ),
    record_kind(
        "missing-keys",
        _("Records with keys missing"),
        _("All but the id and what a record is known by is left out."),
        of_records(without_most),
        (*OF_ACCOUNTS, *OF_SCRIPTS),
    ),
    Kind(
        "native-shape",
        _("Records in the native shape"),
        _("KPN's gateway hands on what Apidaze says: numbers as ids, other keys, other times."),
        reshape=of_records(as_natively),
        operations=(*OF_ACCOUNTS, *OF_SCRIPTS),
    ),
    record_kind(
        "uri-with-parameters",
        _("State with parameters"),
        _("The address of the phone ends with parameters."),
        of_records(with_parameters),
        ("account-status",),
    ),
    record_kind(
        "status-as-account",
        _("State without a state"),
        _("The answer is an account, as the documents have it."),
        as_the_account,
        ("account-status",),
    ),
    Kind(
        "unheeded",
        _("Change not heeded"),
        _("Nothing is done; the answer is 200 and the first account as it stays."),
        acts=False,
        reshape=as_the_account,
        operations=natively_too(("change-account",)),
    ),
    record_kind("xml-in-json", _("XML inside JSON"), _("The script comes as a JSON text."), in_json, TESTED),
)
