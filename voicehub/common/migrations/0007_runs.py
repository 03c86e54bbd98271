import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0006_sandbox_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('title', models.CharField(max_length=255, verbose_name='name')),
                ('file_digest', models.CharField(blank=True, max_length=64)),
                ('options', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('reading', 'Being read'), ('checking', 'Being checked'), ('ready', 'Checked, not started'), ('held', 'On hold'), ('running', 'Running'), ('cancelling', 'Being cancelled'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='reading', max_length=10, verbose_name='state')),
                ('hold_reason', models.TextField(blank=True, verbose_name='waits for')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('again_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='again', to='common.run', verbose_name='does again')),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='cancelled by')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'run',
                'verbose_name_plural': 'runs',
                'ordering': ['-id'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='RunRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='line')),
                ('data', models.JSONField(default=dict)),
                ('values', models.JSONField(blank=True, default=dict)),
                ('problems', models.JSONField(blank=True, default=list)),
                ('doubts', models.JSONField(blank=True, default=list)),
                ('key', models.CharField(blank=True, max_length=64)),
                ('other_key', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('new', 'Not checked yet'), ('bad', 'Cannot be used'), ('doubtful', 'Left out: doubtful'), ('ready', 'Ready'), ('waiting', 'Waiting'), ('done', 'Done'), ('refused', 'Refused'), ('cancelled', 'Cancelled')], default='new', max_length=10, verbose_name='state')),
                ('message', models.TextField(blank=True, verbose_name='what happened')),
                ('object_id', models.BigIntegerField(blank=True, null=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='common.run')),
            ],
            options={
                'verbose_name': 'row',
                'verbose_name_plural': 'rows',
                'ordering': ['number'],
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['kind', '-id'], name='run_by_kind'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['requested_by', '-id'], name='run_by_requester'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('file_digest', ''), _negated=True), fields=['file_digest'], name='run_by_file'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('state__in', ['checking', 'running', 'cancelling'])), fields=['id'], name='run_at_work'),
        ),
        migrations.AddIndex(
            model_name='runrow',
            index=models.Index(fields=['run', 'state', 'number'], name='run_row_by_state'),
        ),
        migrations.AddIndex(
            model_name='runrow',
            index=models.Index(fields=['run', 'key'], name='run_row_by_key'),
        ),
        migrations.AddIndex(
            model_name='runrow',
            index=models.Index(fields=['run', 'other_key'], name='run_row_by_other_key'),
        ),
        migrations.AddConstraint(
            model_name='runrow',
            constraint=models.UniqueConstraint(fields=('run', 'number'), name='run_row_identity'),
        ),
    ]
