from django.db import migrations, models


class Migration(migrations.Migration):
    """The state comes first: SQLite takes an index that begins with it for the best, whatever else there is; and of a
    list of states in a condition it cannot tell whether a query asks for one of them.
    """

    dependencies = [("contributors", "0013_names_by_word")]
    operations = [
        migrations.RemoveIndex(model_name="transaction", name="transaction_not_dealt_with"),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                fields=["state", "requested_by"],
                name="transaction_not_dealt_with",
                condition=models.Q(dealt_with_at=None),
            ),
        ),
        migrations.RemoveIndex(model_name="transaction", name="transaction_differing"),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                fields=["state", "requested_by"],
                name="transaction_differing",
                condition=models.Q(dealt_with_at=None, state="paid") & ~models.Q(receipt_mismatch=""),
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["state", "paid_at"], name="transaction_by_state_and_paid"),
        ),
    ]
