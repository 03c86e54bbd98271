"""What each role may do with SIP accounts."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, STAFF, grant

MANAGE = {
    "telephony.sipaccount": [
        "view_sipaccount",
        "add_sipaccount",
        "change_sipaccount",
        "delete_sipaccount",
        "pull_sipaccount",
    ]
}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_sip_accounts"), ("common", "0004_roles")]

    operations = [
        grant(APPROVERS, {"telephony.sipaccount": ["view_sipaccount"]}),
        grant(STAFF, MANAGE),
        grant(ADMINS, MANAGE),
    ]
