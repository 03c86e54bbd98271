import django.db.models.deletion
from django.db import migrations, models


def give_to_the_first(apps, schema_editor):
    """Until now there was one account, whose payees and payments these are."""
    database = schema_editor.connection.alias
    first = apps.get_model("sandbox", "OutVoiceUser").objects.using(database).order_by("pk").first()
    for name in ("OutVoicePayee", "OutVoicePayment"):
        apps.get_model("sandbox", name).objects.using(database).update(user=first)


class Migration(migrations.Migration):

    dependencies = [
        ('sandbox', '0001_sandbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='outvoicepayee',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='sandbox.outvoiceuser', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='outvoicepayment',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='sandbox.outvoiceuser', verbose_name='account'),
        ),
        migrations.RunPython(give_to_the_first, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='outvoicepayee',
            name='payee_id',
            field=models.CharField(max_length=64, verbose_name='id at OutVoice'),
        ),
        migrations.AddConstraint(
            model_name='outvoicepayee',
            constraint=models.UniqueConstraint(fields=('user', 'payee_id'), name='outvoice_payee_identity'),
        ),
    ]
