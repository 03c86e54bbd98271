import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0002_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('info', 'For your information'), ('warning', 'Please look'), ('error', 'Needs you')], default='info', max_length=8, verbose_name='kind')),
                ('text', models.TextField(verbose_name='notice')),
                ('link', models.CharField(blank=True, max_length=500, verbose_name='link')),
                ('cause', models.CharField(blank=True, max_length=200, verbose_name='cause')),
                ('count', models.PositiveIntegerField(default=1, verbose_name='times')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('repeated_at', models.DateTimeField(auto_now_add=True, verbose_name='last time')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='for')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-repeated_at', '-id'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['recipient', '-repeated_at', '-id'], name='notice_by_recipient')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('read_at', None), models.Q(('cause', ''), _negated=True)), fields=('recipient', 'cause'), name='one_unread_notice_a_cause')],
            },
        ),
    ]
