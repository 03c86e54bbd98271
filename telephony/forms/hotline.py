"""What people type about a hotline."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from telephony.models import Hotline
from telephony.trigger.request import as_number
from voicehub.common.time_zones import choices

_BETWEEN_DIGITS = re.compile(r"[\s().-]")


def zones() -> list[tuple[str, Any]]:
    return [(name, words) for name, words in choices() if name]


class DidField(forms.CharField):
    """A number of ten digits as people write it; the value is E.164."""

    def to_python(self, value: Any) -> str:
        return as_number(_BETWEEN_DIGITS.sub("", super().to_python(value) or ""))


class HotlineForm(forms.ModelForm):
    did = DidField(
        label=gettext_lazy("Number"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("The number that callers dial: ten digits, as in 845 951 1000."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones,
        initial="America/New_York",
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Days and hours in its rules are meant in this zone."),
    )

    class Meta:
        model = Hotline
        fields = ("name", "did", "time_zone", "is_did_checked")
        help_texts = {
            "name": gettext_lazy("What people here call it, as in “Orders”."),
            "is_did_checked": gettext_lazy(
                "Requests at its address that name another number are answered with nothing."
            ),
        }
