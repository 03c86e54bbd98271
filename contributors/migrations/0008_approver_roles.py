"""Who approves, who uploads batches, and who may connect an account of their own."""

from django.db import migrations

from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF, grant

SEE_RUNS = {"common.run": ["view_run"]}


class Migration(migrations.Migration):
    dependencies = [("contributors", "0007_paid_at"), ("common", "0007_runs"), ("sync", "0002_connection_owner")]

    operations = [
        grant(EDITORS, SEE_RUNS | {"sync.connection": ["connect_own_account"]}),
        grant(APPROVERS, SEE_RUNS | {"contributors.transaction": ["approve_transaction"]}),
        grant(STAFF, SEE_RUNS),
        grant(
            ADMINS,
            SEE_RUNS
            | {"contributors.transaction": ["approve_transaction"], "sync.connection": ["connect_own_account"]},
        ),
    ]
