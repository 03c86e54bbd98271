"""Voitex: recordings, speech, notification calls, texts and contacts in both revisions of its interface."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Operation, Provider, Text, any_request
from voicehub.sandbox.providers.voitex import calling, contacts, recordings, records, sending
from voicehub.sandbox.providers.voitex.access import Fields, error, fields_of, guard
from voicehub.sandbox.providers.voitex.faults import KINDS
from voicehub.sandbox.wire import Answer, Request

Act = Callable[[Fields, Request], Answer]
Fits = Callable[[Request], bool]


def with_field(name: str, value: str) -> Fits:
    return lambda request: fields_of(request).get(name, "").lower() == value


def operation(name: str, label: Text, path: str, act: Act, fits: Fits = any_request) -> Operation:
    return Operation(name, label, "POST", path, act=guard(act), error=error, fits=fits)


VOITEX = Provider(
    name="voitex",
    label=_("Voitex"),
    operations=(
        operation("upload", _("Upload (A)"), "/recordings/upload/index.php", recordings.upload),
        operation("tts", _("Text to speech (A)"), "/v1/recordings/upload/", recordings.speak),
        operation("call", _("Notification call (A)"), "/v1/call/index.php", sending.place_call),
        operation("sms", _("Text message (A)"), "/v1/sms/send/index.php", sending.send_sms),
        operation(
            "b-tts", _("Text to speech (B)"), "/recording/upload/", recordings.speak_b, with_field("type", "tts")
        ),
        operation("b-upload", _("Upload (B)"), "/recording/upload/", recordings.upload_b),
        operation("b-call", _("Notification call (B)"), "/notify/", sending.place_call),
        operation("b-sms", _("Text message (B)"), "/sms/send/", sending.send_sms),
        operation(
            "create-contact", _("New contact"), "/contacts/", contacts.create, with_field("function", "create")
        ),
        operation(
            "update-contact", _("Change a contact"), "/contacts/", contacts.update, with_field("function", "update")
        ),
        operation(
            "delete-contact", _("Delete a contact"), "/contacts/", contacts.delete, with_field("function", "delete")
        ),
        operation(
            "find-contact", _("Find a contact"), "/contacts/", contacts.select, with_field("function", "select")
        ),
        operation("contacts", _("Contacts, anything else"), "/contacts/", contacts.unknown),
    ),
    kinds=KINDS,
    not_found=error(404, "There is nothing at this address."),
    reset=records.reset,
    is_empty=records.is_empty,
    records=records.read,
    edits=records.EDITS,
    errands={"call": calling.call},
)
