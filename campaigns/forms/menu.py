"""What people type about a menu."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns import services
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

    def clean_menuid(self) -> str:
        menuid: str = self.cleaned_data["menuid"]
        try:
            namesake = services.menu_of(menuid)
        except services.NotConnectedError as why:
            raise ValidationError(str(why)) from why
        if namesake and namesake != self.instance:
            words = gettext("There is a menu of this menuid already: %(name)s.")
            raise ValidationError(words, params={"name": namesake.name})
        return menuid
