"""What each role may do with contributors and payments."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF, grant

SEE = ["view_transaction", "export_transaction"]
SEE_ALL = [*SEE, "view_all_transactions"]


class Migration(migrations.Migration):
    dependencies = [("contributors", "0002_search"), ("common", "0004_roles")]

    operations = [
        grant(
            EDITORS,
            {
                "contributors.transaction": [*SEE, "pay_transaction"],
                "contributors.contributor": ["view_contributor", "pull_contributor"],
            },
        ),
        grant(
            APPROVERS,
            {"contributors.transaction": SEE_ALL, "contributors.contributor": ["view_contributor"]},
        ),
        grant(
            STAFF,
            {
                "contributors.transaction": [*SEE_ALL, "settle_transaction"],
                "contributors.contributor": ["view_contributor", "pull_contributor"],
            },
        ),
        grant(
            ADMINS,
            {
                "contributors.transaction": [*SEE_ALL, "settle_transaction", "pay_transaction"],
                "contributors.contributor": ["view_contributor", "pull_contributor"],
            },
        ),
    ]
