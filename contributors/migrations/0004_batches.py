import django.db.models.deletion
from django.db import migrations, models



class Migration(migrations.Migration):

    dependencies = [
        ('common', '0007_runs'),
        ('contributors', '0003_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='paymentorder',
            name='not_before',
            field=models.DateTimeField(blank=True, null=True, verbose_name='goes out at'),
        ),
        migrations.AddField(
            model_name='paymentorder',
            name='run_row',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='order', to='common.runrow', verbose_name='line of a batch'),
        ),
    ]
