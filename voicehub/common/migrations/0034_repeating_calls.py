from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

REPEAT = {"sync.exchange": ["repeat_exchange"]}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0019_sandbox_voiceshot_roles"),
        ("sync", "0008_repeated_calls"),
    ]

    operations = [
        grant(STAFF, REPEAT),
        grant(ADMINS, REPEAT),
    ]
