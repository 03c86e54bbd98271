"""What people type about phone numbers and contacts at Voitex."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from telephony import services
from telephony.voitex import HOME, MOBILE, WRITABLE, RemoteContact, ten_digits
from voicehub.common import phones
from voicehub.remote.errors import RejectedError

KINDS = [(HOME, gettext_lazy("Home")), (MOBILE, gettext_lazy("Mobile"))]
LABELS: dict[str, Any] = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("E-mail"),
    "exp": gettext_lazy("Expires"),
    **{f"field_{letter}": gettext_lazy("Field %s") % letter.upper() for letter in "abcdefghij"},
    "notes": gettext_lazy("Notes"),
    "address": gettext_lazy("Address"),
    "city": gettext_lazy("City"),
    "state": gettext_lazy("State"),
    "zip": gettext_lazy("Postcode"),
}
# Where Voitex's words about a field are shown, when the form calls it differently.
SHOWN_AT = {"label": "labels", "add_label": "labels", "remove_label": "labels", "phone_type": "kind"}
LONGEST_TEXT = 1000


def _text_field(name: str) -> forms.CharField:
    return forms.CharField(
        label=LABELS[name], required=False, max_length=LONGEST_TEXT, widget=UnfoldAdminTextInputWidget
    )


class NumberForm(forms.Form):
    """A number that somebody wants to know about, whether it may be called or not."""

    number = forms.CharField(
        label=gettext_lazy("Phone number"),
        help_text=gettext_lazy("With a plus and the country's code, as in +1 845 951 1000."),
        max_length=60,
        widget=UnfoldAdminTextInputWidget({"type": "tel", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        return _read(self.cleaned_data["number"])


class VoitexForm(forms.Form):
    """A form that shows Voitex's refusal at the fields that it is about."""

    def show_refusal(self, refusal: services.NotDoneError) -> None:
        told = {self.place_of(name): list(texts) for name, texts in refusal.fields.items()}
        for name, texts in told.items():
            if name in self.fields:
                self.add_error(name, texts)
        if not self.errors:
            self.add_error(None, str(refusal))

    def place_of(self, name: str) -> str:
        """The field of the form that one of Voitex's stands for."""
        return name if name in self.fields else SHOWN_AT.get(name, name)


class NewContactForm(VoitexForm):
    """A contact that is to be made with one number."""

    first_name = _text_field("first_name")
    last_name = _text_field("last_name")
    kind = forms.ChoiceField(label=gettext_lazy("Kind of number"), choices=KINDS, widget=UnfoldAdminSelectWidget)
    label = forms.RegexField(
        r"\A[0-9]{1,9}\Z",
        label=gettext_lazy("Label"),
        help_text=gettext_lazy("The number of a label that Voitex has. Empty: none."),
        required=False,
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Labels are whole numbers, as in 2.")},
    )


class ContactForm(VoitexForm):
    """A contact as Voitex has it, to be changed. `contact` is as it was when it was shown."""

    def __init__(self, data: Any = None, *, contact: RemoteContact, number: str, **options: Any) -> None:
        self.contact = contact
        self.kind_there = next((phone.kind for phone in contact.phones if phone.number == number), "")
        own = {**contact.values, "kind": self.kind_there, "labels": ", ".join(contact.labels), "add_kind": HOME}
        super().__init__(data, initial={**own, **options.pop("initial", {})}, **options)
        self.fields = {**{name: _text_field(name) for name in WRITABLE}, **self.fields}
        if len(contact.phones) > 1:
            self.fields["remove_phone"] = _choice_of(contact)

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of this number"),
        choices=[("", gettext_lazy("Not told")), *KINDS],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    labels = forms.CharField(
        label=gettext_lazy("Labels"),
        help_text=gettext_lazy("Numbers of labels that Voitex has, with commas between them, as in 2, 3."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextInputWidget,
    )
    add_phone = forms.CharField(
        label=gettext_lazy("Add a phone number"),
        help_text=gettext_lazy("As in +1 845 951 1000. A number belongs to one contact only."),
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget({"type": "tel", "autocomplete": "off"}),
    )
    add_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of the added number"), choices=KINDS, required=False, widget=UnfoldAdminSelectWidget
    )

    def clean_labels(self) -> tuple[str, ...]:
        labels = [label.strip() for label in self.cleaned_data["labels"].split(",") if label.strip()]
        if not all(re.fullmatch(r"[0-9]{1,9}", label) for label in labels):
            raise ValidationError(_("Labels are whole numbers with commas between them, as in 2, 3."))
        return tuple(labels)

    def clean_add_phone(self) -> str:
        typed = self.cleaned_data["add_phone"]
        return _of_north_america(_read(typed)) if typed else ""

    def changes(self) -> dict[str, str]:
        """What has to be sent, by Voitex's names."""
        data = self.cleaned_data
        changed = {name: data[name] for name in WRITABLE if data[name] != self.contact.values[name]}
        if data["kind"] not in ("", self.kind_there):
            changed["phone_type"] = data["kind"]
        if data["add_phone"]:
            changed |= {"add_phone": data["add_phone"], "add_phone_type": data["add_kind"] or HOME}
        if data.get("remove_phone"):
            changed["remove_phone"] = data["remove_phone"]
        before, wanted = set(self.contact.labels), set(data["labels"])
        labels = {"add_label": ",".join(sorted(wanted - before)), "remove_label": ",".join(sorted(before - wanted))}
        return changed | {name: text for name, text in labels.items() if text}

    def place_of(self, name: str) -> str:
        """About a phone is what was asked for one: that it is added or taken away."""
        if name == "phone":
            return "add_phone" if self.cleaned_data["add_phone"] else "remove_phone"
        return super().place_of(name)

    def typed(self) -> dict[str, Any]:
        """What differs from the contact as it was shown, as it was typed."""
        return {name: self.data.get(name, "") for name in self.changed_data}


def _choice_of(contact: RemoteContact) -> forms.ChoiceField:
    """One of the contact's numbers, to be taken away: never the last one."""
    numbers = [(phone.number, phones_in_words(phone.number)) for phone in contact.phones]
    return forms.ChoiceField(
        label=_("Take a phone number away"),
        choices=[("", _("None")), *numbers],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )


def phones_in_words(number: str) -> str:
    """A number as people read it; what is no number in E.164 as it is."""
    return phones.shown(number) if number.startswith("+") else number


def _read(typed: str) -> str:
    try:
        return phones.read(typed)
    except phones.NotANumberError as why:
        raise ValidationError(str(why)) from why


def _of_north_america(number: str) -> str:
    try:
        ten_digits(number)
    except RejectedError as why:
        raise ValidationError(str(why)) from why
    return number
