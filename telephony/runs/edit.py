"""One change of many SIP accounts: the number that everybody sees, or whether the lamp shows the own voicemail."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from telephony.models import SipAccount
from telephony.models.sip import RULES
from telephony.runs.accounts import CHANGE, AccountKind
from telephony.runs.file import EMPTY
from voicehub.common.runs import EditKind
from voicehub.sync.differences import Values


class ManyAccountsForm(forms.Form):
    """What is to change in every chosen account; what is left empty stays as it is."""

    external_caller_id_number = forms.CharField(
        label=gettext_lazy("New external caller number"),
        help_text=gettext_lazy("The number that everybody sees, as in 31201234567. A single hyphen empties it."),
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    mwi_account = forms.CharField(
        label=gettext_lazy("New voicemail box of the lamp"),
        help_text=gettext_lazy(
            "As in 201; {n} stands for each one's internal caller number. A single hyphen empties it."
        ),
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def clean_external_caller_id_number(self) -> str:
        number = self.cleaned_data["external_caller_id_number"]
        if number and number != EMPTY:
            RULES["external_caller_id_number"](number)
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Nothing would change: fill in one of the fields."))
        return cleaned


class ManyAccounts(AccountKind, EditKind):
    slug = "many-sip-accounts"
    label = gettext_lazy("Change of many SIP accounts")
    permission = CHANGE
    form = ManyAccountsForm

    def wanted(self, record: SipAccount, edit: Mapping[str, Any]) -> Values:
        if "{n}" in edit["mwi_account"] and not record.internal_caller_id_number:
            raise ValidationError(_("It has no internal caller number to stand for {n}."))
        said = {name: text.replace("{n}", record.internal_caller_id_number) for name, text in edit.items() if text}
        wanted = {name: "" if text == EMPTY else text for name, text in said.items()}
        for name, text in wanted.items():
            if text:
                RULES[name](text)
        return wanted
