from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SEE = {
    "sandbox.call": ["view_call"],
    "sandbox.fault": ["view_fault"],
    "sandbox.outvoicepayee": ["view_outvoicepayee"],
    "sandbox.outvoicepayment": ["view_outvoicepayment"],
    "sandbox.outvoicetokenpair": ["view_outvoicetokenpair"],
}


class Migration(migrations.Migration):

    # The sandbox knows no roles: it must not know anything of ours.
    dependencies = [
        ("common", "0005_provider_roles"),
        ("sandbox", "0001_sandbox"),
    ]

    operations = [
        grant(STAFF, SEE),
        grant(
            ADMINS,
            SEE
            | {
                "sandbox.fault": ["view_fault", "add_fault", "change_fault", "delete_fault"],
                "sandbox.outvoicepayee": ["view_outvoicepayee", "add_outvoicepayee", "change_outvoicepayee"],
            },
        ),
    ]
