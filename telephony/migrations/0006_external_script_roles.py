"""What each role may do with the external script, and who reads calls."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, STAFF, grant

MANAGE = {
    "telephony.externalscript": [
        "view_externalscript",
        "add_externalscript",
        "change_externalscript",
        "delete_externalscript",
        "pull_externalscript",
        "register_externalscript",
    ],
    "telephony.call": ["view_call"],
}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0005_external_scripts"), ("common", "0004_roles")]

    operations = [
        grant(APPROVERS, {"telephony.externalscript": ["view_externalscript"]}),
        grant(STAFF, MANAGE),
        grant(ADMINS, MANAGE),
    ]
