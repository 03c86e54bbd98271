"""An index in the order of the list, whatever it is filtered by."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("common", "0016_do_not_call_roles")]

    operations = [
        migrations.RemoveIndex("donotcallnumber", "donotcall_newest"),
        migrations.AddIndex(
            "donotcallnumber", models.Index(fields=["-added_at", "-id"], name="donotcall_by_time")
        ),
    ]
