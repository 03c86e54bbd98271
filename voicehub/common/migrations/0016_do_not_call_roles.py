"""Who adds numbers to the do-not-call list, and who takes them off again."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, STAFF, grant

SEE = {"common.donotcallnumber": ["view_donotcallnumber"]}
KEEP = {
    "common.donotcallnumber": ["view_donotcallnumber", "add_donotcallnumber", "take_off_donotcallnumber"],
}


class Migration(migrations.Migration):

    dependencies = [("common", "0015_do_not_call")]

    operations = [
        grant(APPROVERS, SEE),
        grant(STAFF, KEEP),
        grant(ADMINS, KEEP),
    ]
