from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SEE_AND_CALL = {
    "sandbox.voitexaccount": ["view_voitexaccount"],
    "sandbox.voitexalbum": ["view_voitexalbum"],
    "sandbox.voitexcall": ["view_voitexcall"],
    "sandbox.voitexcontact": ["view_voitexcontact"],
    "sandbox.voitexhotline": ["view_voitexhotline"],
    "sandbox.voitexrecording": ["view_voitexrecording"],
    "sandbox.voitexsms": ["view_voitexsms"],
    "sandbox.voitextriggercall": ["add_voitextriggercall", "view_voitextriggercall"],
}
CHANGE = {
    "sandbox.voitexaccount": ["change_voitexaccount"],
    "sandbox.voitexhotline": ["change_voitexhotline"],
}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0013_hook_roles"),
        ("sandbox", "0007_voitex"),
    ]

    operations = [
        grant(STAFF, SEE_AND_CALL),
        grant(ADMINS, SEE_AND_CALL),
        grant(ADMINS, CHANGE),
    ]
