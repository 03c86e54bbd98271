"""Who prepares campaigns, who lets them call, and who settles what is uncertain."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

CALL_PEOPLE = {
    "campaigns.menu": ["view_menu", "add_menu", "change_menu", "delete_menu"],
    "campaigns.campaign": [
        "view_campaign",
        "add_campaign",
        "change_campaign",
        "delete_campaign",
        "run_campaign",
        "settle_campaign",
    ],
    "campaigns.recipient": ["view_recipient", "delete_recipient"],
    "campaigns.batch": ["view_batch"],
    "campaigns.attempt": ["view_attempt"],
}


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_campaigns"), ("common", "0004_roles")]

    operations = [grant(STAFF, CALL_PEOPLE), grant(ADMINS, CALL_PEOPLE)]
