from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0002_connection_owner'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='syncjob',
            index=models.Index(condition=models.Q(('has_conflict', True)), fields=['model', 'object_id'], name='job_in_conflict'),
        ),
    ]
