"""Numbers that were pasted come from a list too, and not from a file."""

from django.db import migrations, models

SOURCES = [
    ("typed", "Typed in"),
    ("file", "From a list"),
    ("key", "Pressed a key in a call"),
    ("reply", "Answered a text"),
]


def altered(model):
    field = models.CharField(choices=SOURCES, max_length=8, verbose_name="how it came here")
    return migrations.AlterField(model, "source", field)


class Migration(migrations.Migration):

    dependencies = [("common", "0017_do_not_call_by_time")]

    operations = [altered("donotcallnumber"), altered("historicaldonotcallnumber")]
