"""Who may look at phone numbers, and keep contacts at Voitex."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

NUMBERS = {"telephony.phonenumber": ["view_phonenumber", "look_up_contact", "change_contact", "delete_contact"]}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0019_phone_numbers"), ("common", "0004_roles")]

    operations = [grant(STAFF, NUMBERS), grant(ADMINS, NUMBERS)]
