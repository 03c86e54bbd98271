from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill_in(apps, schema_editor):
    """What is paid already was sent when its last job was."""
    Transaction = apps.get_model("contributors", "Transaction")
    jobs = apps.get_model("sync", "SyncJob").objects.filter(
        model="contributors.transaction", object_id=OuterRef("pk")
    )
    sent_at = Subquery(jobs.order_by("-id").values("started_at")[:1])
    Transaction.objects.filter(state="paid").update(paid_at=sent_at)


class Migration(migrations.Migration):

    dependencies = [
        ("contributors", "0006_approvals"),
        ("sync", "0001_engine"),
    ]

    operations = [
        migrations.AddField(
            model_name='historicaltransaction',
            name='paid_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='paid'),
        ),
        migrations.AddField(
            model_name='transaction',
            name='paid_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='paid'),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='transaction',
            index=models.Index(condition=models.Q(('paid_at', None), _negated=True), fields=['paid_at'], name='transaction_by_paid'),
        ),
    ]
