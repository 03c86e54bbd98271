"""Who keeps the sound files of campaigns."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

KEEP = {"campaigns.soundfile": ["view_soundfile", "add_soundfile", "change_soundfile", "delete_soundfile"]}


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0010_sound_files"), ("common", "0004_roles")]

    operations = [grant(STAFF, KEEP), grant(ADMINS, KEEP)]
