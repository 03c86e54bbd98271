"""The sums of one contributor's payments come from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contributors", "0009_dealt_with")]

    operations = [
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                fields=["contributor", "state", "paid_at", "currency", "amount"], name="transaction_sums_of_one"
            ),
        ),
    ]
