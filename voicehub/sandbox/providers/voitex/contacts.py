"""Contacts of revision B: one address, and a field that names what is to be done."""

from collections.abc import Iterator

from voicehub.sandbox.models import VoitexContact
from voicehub.sandbox.providers.voitex.access import Fields, refusal, ten_digits
from voicehub.sandbox.wire import Answer, Request, json_answer

LETTERS = "abcdefghij"
FIELDS = (
    "first_name",
    "last_name",
    "email",
    "notes",
    "exp",
    "address",
    "city",
    "state",
    "zip",
    *(f"field_{letter}" for letter in LETTERS),
)
TYPES = ("H", "M")
LABELS = (1, 2, 3, 4, 5)


def create(fields: Fields, request: Request) -> Answer:
    phones = _numbers(fields.get("phone", ""))
    if not phones:
        raise refusal("No valid phone number provided")
    if taken := [phone for phone in phones if _contact_of(phone)]:
        raise refusal(f"contact already exists with phone(s): {', '.join(taken)}")
    VoitexContact.objects.create(
        phones=[_phone(phone, fields.get("phone_type", "")) for phone in phones],
        fields={name: fields.get(name, "") for name in ("first_name", "last_name")},
        labels=list(_labels(fields.get("label", ""))),
    )
    return _done("Contact created")


def update(fields: Fields, request: Request) -> Answer:
    contact = _found(fields)
    phones = _phones_after(contact, fields)
    added, gone = list(_labels(fields.get("add_label", ""))), list(_labels(fields.get("remove_label", "")))
    contact.phones = phones
    contact.fields = contact.fields | {name: value for name, value in fields.items() if name in FIELDS}
    contact.labels = [one for one in dict.fromkeys([*contact.labels, *added]) if one not in gone]
    contact.save()
    return _done("Contact updated")


def delete(fields: Fields, request: Request) -> Answer:
    _found(fields).delete()
    return _done("Contact deleted successfully")


def select(fields: Fields, request: Request) -> Answer:
    contact = _found(fields)
    return _done({"contact": _details(contact), "phones": contact.phones, "labels": contact.labels})


def known_about(phone: str) -> dict[str, str]:
    """The details of the contact to whom a number belongs; empty for a number of nobody's."""
    contacts = filter(None, map(_contact_of, _numbers(phone)))
    return next(map(_details, contacts), {})


def unknown(fields: Fields, request: Request) -> Answer:
    raise refusal("Invalid function")


def _done(data: object) -> Answer:
    """Unlike other answers it has no errors."""
    return json_answer({"status": "success", "data": data})


def _details(contact: VoitexContact) -> dict[str, str]:
    return {name: contact.fields.get(name, "") for name in FIELDS}


def _found(fields: Fields) -> VoitexContact:
    numbers = _numbers(fields.get("phone", ""))
    if len(numbers) != 1:
        raise refusal("No valid phone number provided")
    contact = _contact_of(numbers[0])
    if contact is None:
        raise refusal(f"No contact found for phone: {numbers[0]}")
    return contact


def _phones_after(contact: VoitexContact, fields: Fields) -> list[dict[str, str]]:
    kind = fields.get("phone_type", "")
    [named] = _numbers(fields["phone"])
    phones = [
        _phone(one["phone"], kind) if one["phone"] == named and kind in TYPES else one for one in contact.phones
    ]
    for phone in _numbers(fields.get("add_phone", "")):
        if _contact_of(phone):
            raise refusal(f"contact already exists with phone(s): {phone}")
        phones.append(_phone(phone, fields.get("add_phone_type", "")))
    gone = _numbers(fields.get("remove_phone", ""))
    left = [one for one in phones if one["phone"] not in gone]
    if not left:
        raise refusal("The last phone number cannot be removed")
    return left


def _phone(phone: str, kind: str) -> dict[str, str]:
    return {"phone": phone, "type": kind if kind in TYPES else "H"}


def _numbers(text: str) -> list[str]:
    """The numbers of a list with commas, each once; what is none is ignored."""
    numbers = map(ten_digits, text.split(","))
    return list(dict.fromkeys(filter(None, numbers)))


def _labels(text: str) -> Iterator[int]:
    for part in filter(None, map(str.strip, text.split(","))):
        if part not in map(str, LABELS):
            raise refusal(f"Unknown label: {part}")
        yield int(part)


def _contact_of(phone: str) -> VoitexContact | None:
    """A number belongs to one contact only."""
    contacts = VoitexContact.objects.all()
    return next((one for one in contacts if any(each["phone"] == phone for each in one.phones)), None)
