"""What people type about payments and the OutVoice account, and the messages they get at the field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.db.models import Exists, F, OuterRef, QuerySet
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from contributors.models import Contributor, PaymentOrder, Transaction
from contributors.services import Line
from voicehub.sync.admin.texts import refuse_control_characters
from voicehub.sync.models import Connection

MOST_LINES = 50
AMOUNT = Transaction._meta.get_field("amount")
LARGEST_AMOUNT = Decimal(10) ** (AMOUNT.max_digits - AMOUNT.decimal_places) - Decimal("0.01")


def payable(connection: Connection | None) -> QuerySet[Contributor]:
    """Who can be paid through the account; each knows whether somebody else bears the same name."""
    people = Contributor.objects.filter(connection=connection, is_active=True)
    # The account as a sum: else SQLite picks its index instead of the name's, and thousands take seconds.
    same_name = Contributor.objects.annotate(account=F("connection_id") + 0).filter(
        name=OuterRef("name"), account=OuterRef("connection_id")
    )
    return people.annotate(has_namesake=Exists(same_name.exclude(pk=OuterRef("pk"))))


def payee_label(contributor: Any) -> str:
    """The name, with OutVoice's id where the name alone could mean two people. Wants a row of `payable`."""
    if not contributor.has_namesake:
        return contributor.name
    return _("%(name)s (id at OutVoice: %(id)s)") % {"name": contributor.name, "id": contributor.remote_id}


class AmountField(forms.CharField):
    """An amount in major units as people type it; its value is a Decimal with at most two places."""

    SHAPE = re.compile(r"[0-9]+(\.[0-9]{1,2})?")

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self._amount(text) if text else text

    def _amount(self, text: str) -> Decimal:
        if not self.SHAPE.fullmatch(text):
            raise ValidationError(self._what_is_wrong(text))
        amount = Decimal(text)
        if amount < Decimal(settings.OUTVOICE_MIN_AMOUNT):
            raise ValidationError(_("At least %(least)s.") % {"least": settings.OUTVOICE_MIN_AMOUNT})
        if amount > LARGEST_AMOUNT:
            raise ValidationError(_("At most %(most)s.") % {"most": LARGEST_AMOUNT})
        return amount

    def _what_is_wrong(self, text: str) -> str:
        if text.startswith("-"):
            return _("An amount cannot be negative. At least %(least)s.") % {"least": settings.OUTVOICE_MIN_AMOUNT}
        if "," in text:
            return _("Write 1000 instead of 1,000, and 20.15 instead of 20,15.")
        if re.fullmatch(r"[0-9]+\.[0-9]{3,}", text):
            return _("At most two digits after the point, as in 20.15.")
        return _("Write digits only, with a point before the cents, as in 20.15.")


class PayeeSelect(AutocompleteSelect):
    """A type-ahead over the people who can be paid."""

    url_name = "%s:contributors_contributor_payees"

    # The draft whose people are offered; empty for those of the person's own account.
    order_id: int | None = None

    def __init__(self) -> None:
        super().__init__(Transaction._meta.get_field("contributor"), admin.site)

    def get_url(self) -> str:
        return super().get_url() + (f"?order={self.order_id}" if self.order_id else "")

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Django looks up whatever was posted; what is no id at all would be an error there."""
        ids = [item for item in value if re.fullmatch(r"[0-9]{1,18}", str(item))]
        return super().optgroups(name, ids, attr)


class PayeeField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return payee_label(obj)


class ArticleForm(forms.Form):
    """What is paid for, and in which currency."""

    url = forms.CharField(
        label=gettext_lazy("Article address"),
        help_text=gettext_lazy("Where the work can be read, as in https://example.org/news/42."),
        widget=UnfoldAdminTextInputWidget({"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}),
        validators=[
            MaxLengthValidator(PaymentOrder._meta.get_field("url").max_length),
            URLValidator(
                schemes=["http", "https"],
                message=gettext_lazy("Write the whole web address, as in https://example.org/article."),
            ),
        ],
        error_messages={"required": gettext_lazy("Write the address of the article.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Article title"),
        help_text=gettext_lazy("What the payment is for, as in “A day at the harbour”."),
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        validators=[
            MaxLengthValidator(PaymentOrder._meta.get_field("title").max_length),
            refuse_control_characters,
        ],
        error_messages={"required": gettext_lazy("Write the title of the article.")},
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = settings.OUTVOICE_CURRENCIES
        field = self.fields["currency"]
        field.choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        field.initial = codes[0]
        wrong = _("Payments go out in: %(codes)s.") % {"codes": ", ".join(codes)}
        field.error_messages |= {"invalid_choice": wrong, "required": wrong}
        if len(codes) == 1:
            field.widget = forms.HiddenInput()


class LineForm(forms.Form):
    """One payee and the amount."""

    contributor = PayeeField(
        label=gettext_lazy("Contributor"),
        queryset=Contributor.objects.none(),
        widget=PayeeSelect(),
        error_messages={
            "required": gettext_lazy("Choose who is paid."),
            "invalid_choice": gettext_lazy("Choose somebody who is on OutVoice's list now."),
        },
    )
    amount = AmountField(
        label=gettext_lazy("Amount"),
        widget=UnfoldAdminTextInputWidget(
            {"inputmode": "decimal", "autocomplete": "off", "class": "vh-amount", "placeholder": "0.00"}
        ),
        error_messages={"required": gettext_lazy("Write an amount, as in 20.15.")},
    )
    replaces = forms.ModelChoiceField(queryset=Transaction.objects.none(), required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        connection: Connection | None,
        repayable: QuerySet[Transaction],
        order: PaymentOrder | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contributor"].widget.order_id = order.pk if order else None
        self.fields["contributor"].queryset = payable(connection)  # type: ignore[attr-defined]
        self.fields["replaces"].queryset = repayable  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """A row that nobody typed into is no line, even where it was filled in once."""
        return bool(set(self.changed_data) - {"replaces"})

    def line(self) -> Line:
        """The line as typed. Another person in the row means that the old payment is not the one paid again."""
        contributor, old = self.cleaned_data["contributor"], self.cleaned_data["replaces"]
        is_same = old is not None and old.contributor_id == contributor.pk
        return Line(contributor, self.cleaned_data["amount"], old if is_same else None)


class BaseLines(BaseFormSet):
    """The rows of the pay form: empty ones are left out, but one must be filled in."""

    default_error_messages = {
        "too_many_forms": ngettext_lazy("At most %(num)d line at a time.", "At most %(num)d lines at a time.", "num"),
        "missing_management_form": gettext_lazy("The form arrived incomplete. Please send it again."),
    }

    def __init__(self, data: Any = None, *, rows: Sequence[Mapping[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(data, initial=rows, prefix="lines", **kwargs)
        self.extra = max(len(rows), 1)

    def initial_form_count(self) -> int:
        return 0

    def clean(self) -> None:
        if any(form.has_changed() for form in self.forms):
            return
        if not self.forms:
            raise ValidationError(_("Add a line: who is paid, and how much?"))
        first = self.forms[0]
        for name in ("contributor", "amount"):
            first.add_error(name, first.fields[name].error_messages["required"])

    def filled(self) -> list[Line]:
        """The lines that were typed; only the first of those that pay the same old payment again says so."""
        lines = [form.line() for form in self.forms if form.has_changed()]
        taken = [line.replaces for line in lines]
        return [
            replace(line, replaces=None) if line.replaces in taken[:place] else line
            for place, line in enumerate(lines)
        ]


Lines: type[BaseLines] = formset_factory(  # type: ignore[assignment]
    LineForm, BaseLines, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


class PayForm:
    """The article and its lines as one form.

    `connection` is the account that pays, None while there is none; `repayable` are the payments that this
    person may pay again. `article` and `rows` fill in an unsent form with text.
    """

    def __init__(
        self,
        connection: Connection | None,
        repayable: QuerySet[Transaction],
        data: Any = None,
        *,
        order: PaymentOrder | None = None,
        article: Mapping[str, Any] | None = None,
        rows: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.article = ArticleForm(data, initial=article)
        kwargs = {"connection": connection, "repayable": repayable, "order": order}
        self.lines = Lines(data, rows=rows, form_kwargs=kwargs)

    @property
    def media(self) -> forms.Media:
        return self.article.media + self.lines.media

    def is_valid(self) -> bool:
        return all([self.article.is_valid(), self.lines.is_valid()])

    def values(self) -> dict[str, Any]:
        """What `services.save_draft` takes."""
        return {**self.article.cleaned_data, "lines": self.lines.filled()}


def typed_article(data: Mapping[str, Any]) -> dict[str, Any]:
    """The article as posted, unchecked, to fill in a new form with."""
    return {name: data.get(name, "") for name in ArticleForm.base_fields}


def typed_rows(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines as posted, unchecked, to fill in a new form with."""
    return [
        {name: data.get(f"lines-{number}-{name}", "") for name in LineForm.base_fields}
        for number in range(MOST_LINES)
        if f"lines-{number}-amount" in data
    ]


class DecisionForm(forms.Form):
    """Approve or decline; whoever declines says why."""

    decision = forms.ChoiceField(choices=[("approve", "approve"), ("decline", "decline")])
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=gettext_lazy("The person who asked reads it. When you decline, say why."),
        validators=[MaxLengthValidator(500), refuse_control_characters],
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("decision") == "decline" and not values.get("note") and "note" not in self.errors:
            self.add_error("note", _("Say why you decline: the person who asked reads it."))
        return values


class ReleaseForm(forms.Form):
    """Why the lines on hold may go."""

    reason = forms.CharField(
        label=gettext_lazy("Why they may go"),
        widget=UnfoldAdminTextInputWidget(),
        validators=[MaxLengthValidator(500), refuse_control_characters],
        error_messages={"required": gettext_lazy("Say why the payments on hold may go.")},
    )


class SignInForm(forms.Form):
    """The OutVoice account's own sign-in. The password is never shown again."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail at OutVoice"),
        widget=UnfoldAdminEmailInputWidget({"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password at OutVoice"),
        strip=False,
        max_length=1000,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "off"}),
        help_text=gettext_lazy("It is used once, to sign in at OutVoice, and kept nowhere."),
    )
