from django.db import migrations, models


class Migration(migrations.Migration):
    """How many calls ended a day is summed up without asking each campaign."""

    dependencies = [("campaigns", "0017_missed_calls")]
    operations = [
        migrations.AddIndex(
            model_name="hourlytally",
            index=models.Index(fields=["state", "hour", "count"], name="hourlytally_by_hour"),
        ),
    ]
