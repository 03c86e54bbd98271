"""Who has people called and texted, and who settles what is uncertain."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

REACH = {
    "telephony.notificationcall": ["view_notificationcall", "send_notificationcall", "settle_notificationcall"],
    "telephony.smsmessage": ["view_smsmessage", "send_smsmessage", "settle_smsmessage"],
}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0015_calls_and_texts"), ("common", "0004_roles")]

    operations = [grant(STAFF, REACH), grant(ADMINS, REACH)]
