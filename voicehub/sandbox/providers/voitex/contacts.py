"""Contacts of revision B: one address, and a field that names what is to be done."""

from collections.abc import Iterator

from voicehub.sandbox.models import VoitexContact
from voicehub.sandbox.providers.voitex.access import Fields, needed, refusal
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
    phones = list(_numbers(needed(fields, "phone")))
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
    told = {name: contact.fields.get(name, "") for name in FIELDS}
    return _done({"contact": told, "phones": contact.phones, "labels": contact.labels})


def unknown(fields: Fields, request: Request) -> Answer:
    raise refusal("Invalid function")


def _done(data: object) -> Answer:
    """Unlike other answers it has no errors."""
    return json_answer({"status": "success", "data": data})


def _found(fields: Fields) -> VoitexContact:
    numbers = list(_numbers(fields.get("phone", "")))
    if len(numbers) != 1:
        raise refusal("No valid phone number provided")
    contact = _contact_of(numbers[0])
    if contact is None:
        raise refusal(f"No contact found for phone: {numbers[0]}")
    return contact


def _phones_after(contact: VoitexContact, fields: Fields) -> list[dict[str, str]]:
    kind = fields.get("phone_type", "")
    named = next(_numbers(fields["phone"]))
    phones = [
        _phone(one["phone"], kind) if one["phone"] == named and kind in TYPES else one for one in contact.phones
    ]
    for phone in _numbers(fields.get("add_phone", "")):
        if _contact_of(phone):
            raise refusal(f"contact already exists with phone(s): {phone}")
        phones.append(_phone(phone, fields.get("add_phone_type", "")))
    gone = list(_numbers(fields.get("remove_phone", "")))
    left = [one for one in phones if one["phone"] not in gone]
    if not left:
        raise refusal("The last phone number cannot be removed")
    return left


def _phone(phone: str, kind: str) -> dict[str, str]:
    return {"phone": phone, "type": kind if kind in TYPES else "H"}


def _numbers(text: str) -> Iterator[str]:
    for part in text.split(","):
        digits = "".join(filter(str.isdigit, part))
        digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
        if len(digits) == 10:
            yield digits


def _labels(text: str) -> Iterator[int]:
    for part in filter(None, map(str.strip, text.split(","))):
        if not part.isdecimal() or int(part) not in LABELS:
            raise refusal(f"Unknown label: {part}")
        yield int(part)


def _contact_of(phone: str) -> VoitexContact | None:
    """A number belongs to one contact only."""
    contacts = VoitexContact.objects.all()
    return next((one for one in contacts if any(each["phone"] == phone for each in one.phones)), None)
