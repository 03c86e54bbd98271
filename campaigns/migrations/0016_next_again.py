"""An index for the next recipient that is called again: a campaign's page names the time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_inbound_roles")]

    operations = [
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), ("state", "waiting")),
                fields=["campaign", "due_at"],
                name="recipient_next_again",
            ),
        ),
    ]
