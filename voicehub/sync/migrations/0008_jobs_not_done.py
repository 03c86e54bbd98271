from django.db import migrations, models


class Migration(migrations.Migration):
    """How much fails a day is counted without reading the rest."""

    dependencies = [("sync", "0007_withdrawals")]
    operations = [
        migrations.AddIndex(
            model_name="syncjob",
            index=models.Index(
                fields=["state", "finished_at"],
                name="job_not_done_by_end",
                condition=models.Q(state__in=["refused", "failed", "uncertain", "expired"]),
            ),
        ),
    ]
