import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('action', models.CharField(max_length=64, verbose_name='action')),
                ('object_model', models.CharField(blank=True, max_length=100, verbose_name='kind of record')),
                ('object_id', models.CharField(blank=True, max_length=64, verbose_name='record')),
                ('object_label', models.CharField(blank=True, max_length=200, verbose_name='what')),
                ('reason', models.TextField(blank=True, verbose_name='why')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit',
                'ordering': ['-id'],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['at'], name='audit_by_time'), models.Index(fields=['action', '-id'], name='audit_by_action'), models.Index(fields=['actor', '-id'], name='audit_by_actor'), models.Index(fields=['object_model', 'object_id', '-id'], name='audit_by_object')],
            },
        ),
    ]
