from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0031_sign_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="address",
            field=models.GenericIPAddressField(blank=True, null=True, verbose_name="address"),
        ),
    ]
