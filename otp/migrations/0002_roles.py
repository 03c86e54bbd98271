"""What each role may do with OTP apps."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, STAFF, grant

MANAGE = {"otp.otpapp": ["view_otpapp", "add_otpapp", "change_otpapp", "delete_otpapp", "pull_otpapp"]}


class Migration(migrations.Migration):
    dependencies = [("otp", "0001_apps"), ("common", "0004_roles")]

    operations = [
        grant(APPROVERS, {"otp.otpapp": ["view_otpapp"]}),
        grant(STAFF, MANAGE),
        grant(ADMINS, MANAGE),
    ]
