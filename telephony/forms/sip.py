"""What people type about SIP accounts."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony import services
from telephony.models import SipAccount
from telephony.models.sip import EXTERNAL_NUMBER, INTERNAL_NUMBER, USERNAME
from voicehub.sync.admin.twins import TwinForm
from voicehub.sync.models import Connection

LONGEST_TEXT = 100


class SipAccountForm(TwinForm):
    class Meta:
        model = SipAccount
        fields = ("username", "name", "internal_caller_id_number", "external_caller_id_number", "mwi_account")
        help_texts = {
            "username": gettext_lazy(
                "What the phone signs in with, as in ann or front-desk.2: 2 to 32 letters, digits, dots, underscores "
                "or hyphens, the first one a letter or a digit. It can never be changed afterwards."
            ),
            "name": gettext_lazy("Whose phone it is, for people."),
            "internal_caller_id_number": gettext_lazy(
                "The extension that colleagues see when this phone calls them: 2 to 6 digits, as in 201."
            ),
            "external_caller_id_number": gettext_lazy(
                "The number that everybody else sees: country code and number without + and without the 0 in front. "
                "For 020 123 4567 in the Netherlands that is 31201234567."
            ),
            "mwi_account": gettext_lazy(
                "The voicemail box whose new messages light the lamp of the phone, as in 201. Empty: the lamp stays "
                "dark."
            ),
        }

    def clean_username(self) -> str:
        """One at a time: two people who type the same name now would both find it free."""
        username = self._checked("username", USERNAME)
        try:
            account = services.connection()
        except services.NotConnectedError as why:
            raise ValidationError(str(why)) from why
        Connection.objects.select_for_update().get(pk=account.pk)
        namesakes = SipAccount.objects.filter(connection=account, username__iexact=username)
        if namesakes.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a SIP account of this username already, in capital or small letters."))
        return username

    def clean_name(self) -> str:
        return self._checked("name", MaxLengthValidator(LONGEST_TEXT))

    def clean_internal_caller_id_number(self) -> str:
        return self._checked("internal_caller_id_number", INTERNAL_NUMBER)

    def clean_external_caller_id_number(self) -> str:
        return self._checked("external_caller_id_number", EXTERNAL_NUMBER)

    def clean_mwi_account(self) -> str:
        return self._checked("mwi_account", MaxLengthValidator(LONGEST_TEXT))

    def _checked(self, name: str, rule: RegexValidator | MaxLengthValidator) -> str:
        """What Apidaze has told may be anything; what is typed anew keeps to the rule."""
        value = self.cleaned_data[name]
        if value and name in self.changed_data:
            rule(value)
        return value
