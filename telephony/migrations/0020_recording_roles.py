"""Who puts recordings into the library, and who listens to them."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

LISTEN = {"telephony.recording": ["view_recording"]}
KEEP = {
    "telephony.recording": ["view_recording", "send_recording", "settle_recording", "delete_recording"],
}


class Migration(migrations.Migration):
    dependencies = [("telephony", "0019_recordings"), ("common", "0004_roles")]

    operations = [grant(STAFF, LISTEN), grant(ADMINS, KEEP)]
