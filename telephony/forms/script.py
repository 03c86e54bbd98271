"""What people type about call scripts."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from telephony.models import CallScript
from telephony.models.script import takers
from telephony.publication import Line, comparison
from telephony.scripts.causes import BRIDGE_RESULTS
from telephony.scripts.dry_run import CallParameters
from telephony.scripts.source import LARGEST
from telephony.scripts.values import e164
from voicehub.sync.opened import Meanwhile, OpenedForm

MOST_NUMBERS = 200
LONGEST_DRAFT = 4 * LARGEST
TRY_FORM = "try-call"


class NumbersField(forms.CharField):
    """Several phone numbers, separated by commas or lines; the value is a list of digits with the country code."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"+{number}" for number in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        typed = [part for part in re.split(r"[,;\r\n]+", super().to_python(value) or "") if part.strip()]
        if len(typed) > MOST_NUMBERS:
            raise ValidationError(_("A script can answer %d numbers at most.") % MOST_NUMBERS)
        return list(dict.fromkeys(self._digits(part.strip()) for part in typed))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def _digits(self, typed: str) -> str:
        if number := e164(typed):
            return number.removeprefix("+")
        words = _("“%s” is no number with a country code. Write it as +31 20 123 4567, with commas between several.")
        raise ValidationError(words % typed[:40])


class CallScriptForm(OpenedForm):
    """The draft of a script; a script that both have changed is compared line by line."""

    draft_numbers = NumbersField(
        label=gettext_lazy("Called numbers"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy(
            "Whoever calls one of these numbers hears this script, once it is published. Commas between several. "
            "Empty: it is heard where another script leads to it, or as the default."
        ),
    )
    draft = forms.CharField(
        label=gettext_lazy("Script"),
        help_text=escape(
            gettext_lazy(
                "XML, as in <document><work><speak>Welcome.</speak></work></document>. "
                "The scripts above are a beginning."
            )
        ),
        # Lines are counted as they stand there.
        strip=False,
        widget=forms.Textarea(
            {"class": "vh-code", "wrap": "off", "rows": 22, "spellcheck": "false", "autocapitalize": "off"}
        ),
        # Not the field's own limit: browsers would cut off in silence what is pasted.
        validators=[
            MaxLengthValidator(
                LONGEST_DRAFT,
                gettext_lazy("This is too long to be a script. Shorten it, or split it into several."),
            )
        ],
    )

    class Meta:
        model = CallScript
        fields = ("name", "draft_numbers", "draft")
        help_texts = {
            "name": gettext_lazy(
                "Small letters, digits and hyphens, as in after-ringing. Other scripts lead here by this name: "
                "{script_address}?script=after-ringing. It is fixed while the script is published."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_meanwhile: list[Line] = []

    def changed_elsewhere(self, opened: Mapping[str, Any], fresh: OpenedForm) -> Iterator[Meanwhile]:
        found = list(super().changed_elsewhere(opened, fresh))
        if any(one.choice == self.add_prefix("keep-draft") for one in found):
            self.stored_meanwhile = comparison(fresh.instance.draft, plain_lines(self["draft"].data or ""))
        yield from found

    def clean_draft(self) -> str:
        return plain_lines(self.cleaned_data["draft"])

    def clean_draft_numbers(self) -> list[str]:
        numbers: list[str] = self.cleaned_data["draft_numbers"]
        for number, script in takers(numbers, besides=self.instance).items():
            words = _(
                "+%(number)s is answered by the script %(script)s. Take it out there and publish that one first."
            )
            self.add_error("draft_numbers", words % {"number": number, "script": script})
        return numbers

    def clean(self) -> dict[str, Any]:
        stored = CallScript.objects.select_for_update().filter(pk=self.instance.pk).first()
        if stored:
            # It may have been published, or taken out of use, since it was read.
            self.instance.published, self.instance.is_default = stored.published, stored.is_default
        return super().clean()


class TrialForm(forms.Form):
    """A call to imitate. Its fields stand on the page of a script and are never saved."""

    prefix = "try"

    caller = forms.CharField(
        label=gettext_lazy("Caller"),
        help_text=gettext_lazy("Country code and number, as in 31612345678."),
        initial="31612345678",
        max_length=40,
    )
    called = forms.CharField(
        label=gettext_lazy("Called number"),
        help_text=gettext_lazy("The number that was dialled, as in 31201234567."),
        initial="31201234567",
        max_length=40,
    )
    keys = forms.CharField(
        label=gettext_lazy("Keys pressed"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("For each menu, with blanks between: “1 2”. A dash (-) means no key."),
    )
    first_dial = forms.ChoiceField(
        label=gettext_lazy("When it rings first"), choices=list(BRIDGE_RESULTS.items()), initial="NO_ANSWER"
    )
    later_dials = forms.ChoiceField(
        label=gettext_lazy("When it rings again"), choices=list(BRIDGE_RESULTS.items()), initial="SUCCESS"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            choices = getattr(field, "choices", None)
            field.widget = UnfoldAdminSelectWidget(choices=choices) if choices else UnfoldAdminTextInputWidget()
            field.widget.attrs |= {"form": TRY_FORM}

    @property
    def call(self) -> CallParameters:
        return CallParameters(
            caller_id_number=self._typed("caller"), destination_number=e164(self._typed("called")).removeprefix("+")
        )

    @property
    def presses(self) -> list[str]:
        return ["" if keys == "-" else keys for keys in self._typed("keys").replace(",", " ").split()]

    @property
    def dial_results(self) -> Iterable[str]:
        return itertools.chain([self._typed("first_dial")], itertools.repeat(self._typed("later_dials")))

    def _typed(self, name: str) -> str:
        """What was typed where it can be used, else what stands there at first."""
        is_usable = self.is_bound and name not in self.errors
        return str(self.cleaned_data[name] if is_usable else self.fields[name].initial or "")


def plain_lines(text: str) -> str:
    """Browsers send both characters at the end of a line; that alone is no change."""
    return text.replace("\r\n", "\n")
