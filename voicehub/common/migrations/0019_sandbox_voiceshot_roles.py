from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SEE = {
    "sandbox.voiceshotaccount": ["view_voiceshotaccount"],
    "sandbox.voiceshotcall": ["view_voiceshotcall"],
    "sandbox.voiceshotfile": ["view_voiceshotfile"],
    "sandbox.voiceshotmenu": ["view_voiceshotmenu"],
    "sandbox.voiceshotphone": ["view_voiceshotphone"],
}
CHANGE = {
    "sandbox.voiceshotaccount": ["change_voiceshotaccount"],
    "sandbox.voiceshotmenu": ["add_voiceshotmenu", "change_voiceshotmenu"],
    "sandbox.voiceshotphone": ["add_voiceshotphone", "change_voiceshotphone", "delete_voiceshotphone"],
}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0018_do_not_call_words"),
        ("sandbox", "0009_voiceshot"),
    ]

    operations = [
        grant(STAFF, SEE),
        grant(ADMINS, SEE),
        grant(ADMINS, CHANGE),
    ]
