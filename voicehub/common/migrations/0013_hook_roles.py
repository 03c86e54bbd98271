from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SEE = {
    "hooks.hookaddress": ["view_hookaddress"],
    "hooks.hookrequest": ["view_hookrequest"],
}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0012_nothing_to_change"),
        ("hooks", "0002_log"),
    ]

    operations = [
        grant(STAFF, SEE),
        grant(ADMINS, SEE | {"hooks.hookaddress": ["view_hookaddress", "manage_hooks"]}),
    ]
