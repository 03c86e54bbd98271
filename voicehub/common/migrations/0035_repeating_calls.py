from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

REPEAT = {"sync.exchange": ["repeat_exchange"]}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0034_set_up_roles"),
        ("sync", "0009_repeated_calls"),
    ]

    operations = [
        grant(STAFF, REPEAT),
        grant(ADMINS, REPEAT),
    ]
