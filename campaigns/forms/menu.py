"""What people type about a menu."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.forms.numbers import NumberField
from campaigns.models import Menu


class MenuForm(forms.ModelForm):
    caller_id = NumberField(
        label=_("Caller id"),
        help_text=_("The number that is shown, as in 818 555 0199. It has to be authorised on VoiceShot's site."),
    )

    class Meta:
        model = Menu
        fields = ("name", "menuid", "caller_id", "note")
        help_texts = {"name": _("What people here call it, as in “Reminders”.")}
