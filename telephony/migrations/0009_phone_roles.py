"""Who may see passwords of SIP accounts and have new ones made."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

PASSWORDS = {"telephony.sipaccount": ["reveal_sipaccount", "rotate_sipaccount"]}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0008_phone_links"), ("common", "0004_roles")]

    operations = [grant(STAFF, PASSWORDS), grant(ADMINS, PASSWORDS)]
