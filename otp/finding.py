"""What the search finds of OTP apps."""

from django.utils.translation import gettext_lazy as _

from voicehub.common import finding

finding.records("otp.otpapp", "password", "name__istartswith", text=lambda app: app.remote_id)
finding.action(_("Add an OTP app"), "otp_otpapp_add", "otp.add_otpapp")
finding.action(_("Change many OTP apps"), "otp_otpapp_edit_many", "otp.change_otpapp")
