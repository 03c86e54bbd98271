"""The words of the do-not-call list: pasted numbers come from no file, and several entries are several numbers."""

from django.db import migrations, models

SOURCES = [
    ("typed", "Typed in"),
    ("file", "From a list"),
    ("key", "Pressed a key in a call"),
    ("reply", "Answered a text"),
]
OPTIONS = {
    "default_permissions": ("view", "add"),
    "ordering": ["-added_at", "-id"],
    "permissions": [("take_off_donotcallnumber", "Can take numbers off the do-not-call list")],
    "verbose_name": "do-not-call number",
    "verbose_name_plural": "do-not-call numbers",
}
HISTORY_OPTIONS = {
    "get_latest_by": ("history_date", "history_id"),
    "ordering": ("-history_date", "-history_id"),
    "verbose_name": "historical do-not-call number",
    "verbose_name_plural": "historical do-not-call numbers",
}


def with_sources(model):
    field = models.CharField(choices=SOURCES, max_length=8, verbose_name="how it came here")
    return migrations.AlterField(model, "source", field)


class Migration(migrations.Migration):

    dependencies = [("common", "0017_do_not_call_by_time")]

    operations = [
        with_sources("donotcallnumber"),
        with_sources("historicaldonotcallnumber"),
        migrations.AlterModelOptions("donotcallnumber", OPTIONS),
        migrations.AlterModelOptions("historicaldonotcallnumber", HISTORY_OPTIONS),
    ]
