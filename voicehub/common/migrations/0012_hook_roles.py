from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SEE = {
    "hooks.hookaddress": ["view_hookaddress"],
    "hooks.hookrequest": ["view_hookrequest"],
}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0011_sandbox_apidaze_roles"),
        ("hooks", "0002_log"),
    ]

    operations = [
        grant(STAFF, SEE),
        grant(ADMINS, SEE | {"hooks.hookaddress": ["view_hookaddress", "manage_hooks"]}),
    ]
