from django.db import migrations, models


class Migration(migrations.Migration):
    """Of a list of states in a condition SQLite cannot tell whether a query asks for one of them."""

    dependencies = [("sync", "0009_repeated_calls")]
    operations = [
        migrations.RemoveIndex(model_name="syncjob", name="job_not_done_by_end"),
        migrations.AddIndex(
            model_name="syncjob",
            index=models.Index(
                fields=["state", "finished_at"],
                name="job_by_end",
                condition=models.Q(finished_at__isnull=False),
            ),
        ),
    ]
