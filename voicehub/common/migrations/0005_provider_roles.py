from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, STAFF, grant

SEE = {
    "sync.lane": ["view_lane"],
    "sync.connection": ["view_connection"],
    "sync.syncjob": ["view_syncjob"],
    "sync.exchange": ["view_exchange"],
}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0004_roles"),
        ("sync", "0001_engine"),
    ]

    operations = [
        grant(APPROVERS, SEE),
        grant(STAFF, SEE | {"sync.syncjob": ["view_syncjob", "change_syncjob"]}),
        grant(
            ADMINS,
            {
                "sync.lane": ["view_lane", "use_stop_switch"],
                "sync.connection": ["view_connection", "connect_account"],
                "sync.syncjob": ["view_syncjob", "change_syncjob"],
                "sync.exchange": ["view_exchange"],
            },
        ),
    ]
