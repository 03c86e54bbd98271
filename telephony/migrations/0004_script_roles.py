"""What each role may do with call scripts."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, STAFF, grant

MANAGE = {
    "telephony.callscript": [
        "view_callscript",
        "add_callscript",
        "change_callscript",
        "delete_callscript",
        "publish_callscript",
    ]
}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0003_call_scripts"), ("common", "0004_roles")]

    operations = [
        grant(APPROVERS, {"telephony.callscript": ["view_callscript"]}),
        grant(STAFF, MANAGE),
        grant(ADMINS, MANAGE),
    ]
