from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

REPEAT = {"sync.exchange": ["repeat_exchange"]}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0023_list_view_roles"),
        ("sync", "0008_repeated_calls"),
    ]

    operations = [
        grant(STAFF, REPEAT),
        grant(ADMINS, REPEAT),
    ]
