from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contributors', '0008_approver_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicaltransaction',
            name='dealt_with_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dealt with'),
        ),
        migrations.AddField(
            model_name='transaction',
            name='dealt_with_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dealt with'),
        ),
    ]
