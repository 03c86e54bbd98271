from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SEE_AND_CALL = {
    "sandbox.apidazecall": ["add_apidazecall", "view_apidazecall"],
    "sandbox.apidazedomain": ["view_apidazedomain"],
    "sandbox.apidazescript": ["view_apidazescript"],
    "sandbox.apidazesipaccount": ["view_apidazesipaccount"],
    "sandbox.apidazetoken": ["view_apidazetoken"],
}
CHANGE = {
    "sandbox.apidazedomain": ["change_apidazedomain"],
    "sandbox.apidazescript": ["add_apidazescript", "change_apidazescript", "delete_apidazescript"],
    "sandbox.apidazesipaccount": [
        "add_apidazesipaccount",
        "change_apidazesipaccount",
        "delete_apidazesipaccount",
    ],
}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0010_sandbox_ourvoice_roles"),
        ("sandbox", "0006_apidaze_calls"),
    ]

    operations = [
        grant(STAFF, SEE_AND_CALL),
        grant(ADMINS, SEE_AND_CALL),
        grant(ADMINS, CHANGE),
    ]
