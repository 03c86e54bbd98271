from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0024_guarding"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, choices=[("", "As in the browser"), ("en", "English"), ("fr", "Français")], help_text="Of the pages, notices and mails. As in the browser, notices and mails are in English.", max_length=8, verbose_name="language"),
        ),
    ]
