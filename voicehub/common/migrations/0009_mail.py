import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0008_limit_lock'),
    ]

    operations = [
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MailTrouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='why')),
                ('failing_since', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('failures', models.PositiveIntegerField(default=1, verbose_name='failures in a row')),
                ('next_try_at', models.DateTimeField(verbose_name='next try')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='notice',
            name='mail_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='mailed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='mailed'),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_wish',
            field=models.CharField(choices=[('at_once', 'At once when something needs me, the rest once a day'), ('daily', 'Once a day'), ('never', 'Never')], default='at_once', max_length=8, verbose_name='notices by e-mail'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mail_at', None), _negated=True), fields=['mail_at'], name='notice_to_mail'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mail_at', None), ('read_at', None)), fields=['recipient'], name='notice_for_digest'),
        ),
        migrations.AddField(
            model_name='digest',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='mailtrouble',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_mail_trouble'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.UniqueConstraint(fields=('recipient', 'day'), name='one_digest_a_day'),
        ),
    ]
