"""What each role may do with hotlines and their rules, and who reads their calls."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, STAFF, grant

SEE = {"telephony.hotline": ["view_hotline"], "telephony.triggerrule": ["view_triggerrule"]}
MANAGE = {
    "telephony.hotline": ["view_hotline", "add_hotline", "change_hotline", "delete_hotline"],
    "telephony.triggerrule": ["view_triggerrule", "add_triggerrule", "change_triggerrule", "delete_triggerrule"],
    "telephony.hotlinecall": ["view_hotlinecall"],
}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0011_hotline_calls"), ("common", "0004_roles")]

    operations = [
        grant(APPROVERS, SEE),
        grant(STAFF, MANAGE),
        grant(ADMINS, MANAGE),
    ]
