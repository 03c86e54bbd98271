from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0024_guarding"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, choices=[("en", "English"), ("fr", "Français")], help_text="Empty: the one of the browser. Mails are in English then.", max_length=8, verbose_name="language"),
        ),
    ]
