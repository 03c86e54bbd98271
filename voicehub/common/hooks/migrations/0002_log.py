from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("hooks", "0001_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name='HookRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('address_id', models.BigIntegerField(verbose_name='address')),
                ('by_former', models.BooleanField(default=False, verbose_name='at the former address')),
                ('received_at', models.DateTimeField(verbose_name='at')),
                ('method', models.CharField(max_length=8, verbose_name='method')),
                ('subject', models.CharField(blank=True, max_length=100, verbose_name='subject')),
                ('query', models.TextField(blank=True, verbose_name='parameters')),
                ('body', models.TextField(blank=True, verbose_name='content')),
                ('status', models.PositiveSmallIntegerField(verbose_name='status')),
                ('milliseconds', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('outcome', models.CharField(choices=[('answered', 'Answered'), ('failed', 'Our own fault'), ('limited', 'Too many at a time'), ('unreadable', 'Could not be read'), ('too_large', 'Too large'), ('wrong_method', 'Neither GET nor POST')], max_length=12, verbose_name='outcome')),
                ('words', models.TextField(blank=True, verbose_name='what happened')),
            ],
            options={
                'verbose_name': 'inbound request',
                'verbose_name_plural': 'inbound requests',
                'ordering': ['-received_at', '-id'],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['received_at'], name='hook_request_by_time'), models.Index(fields=['kind', 'received_at'], name='hook_request_by_kind'), models.Index(fields=['address_id', 'received_at'], name='hook_request_by_address'), models.Index(fields=['subject', 'received_at'], name='hook_request_by_subject'), models.Index(fields=['outcome', 'received_at'], name='hook_request_by_outcome'), models.Index(condition=models.Q(('by_former', True)), fields=['address_id', 'received_at'], name='hook_request_by_former')],
            },
        ),
        migrations.CreateModel(
            name='HookTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('reason', models.CharField(choices=[('unknown', 'No such address'), ('limited', 'Too many at a time')], max_length=8)),
                ('address_id', models.BigIntegerField(default=0)),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('hour', 'reason', 'address_id'), name='one_hook_tally_an_hour')],
            },
        ),
    ]
