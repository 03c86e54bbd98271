"""The list of payments filtered by state and by date at once, newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contributors", "0003_roles")]

    operations = [
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["state", "created_at"], name="transaction_by_state_and_date"),
        ),
    ]
