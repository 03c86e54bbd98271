from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contributors', '0010_ledger_index'),
        ('sync', '0003_conflicts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='transaction',
            index=models.Index(condition=models.Q(('dealt_with_at', None), ('state__in', ['refused', 'failed', 'expired'])), fields=['state', 'requested_by'], name='transaction_not_dealt_with'),
        ),
        migrations.AddIndex(
            model_name='transaction',
            index=models.Index(condition=models.Q(('dealt_with_at', None), ('state', 'paid'), models.Q(('receipt_mismatch', ''), _negated=True)), fields=['requested_by'], name='transaction_differing'),
        ),
    ]
