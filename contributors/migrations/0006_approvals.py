import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models



class Migration(migrations.Migration):

    dependencies = [
        ('common', '0007_runs'),
        ('contributors', '0005_order_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='paymentorder',
            index=models.Index(fields=['confirmed_at'], name='order_by_confirmed'),
        ),
        migrations.AddIndex(
            model_name='paymentorder',
            index=models.Index(fields=['not_before'], name='order_by_not_before'),
        ),
        migrations.AlterModelOptions(
            name='transaction',
            options={'ordering': ['-id'], 'permissions': [('pay_transaction', 'Can pay contributors'), ('approve_transaction', 'Can approve and decline payments of others'), ('view_all_transactions', "Can see everybody's payments"), ('settle_transaction', 'Can settle uncertain payments and release what waits behind them'), ('export_transaction', 'Can export payments')], 'verbose_name': 'payment', 'verbose_name_plural': 'payments'},
        ),
        migrations.RemoveConstraint(
            model_name='transaction',
            name='transaction_paid_again_once',
        ),
        migrations.AlterField(
            model_name='historicaltransaction',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('approval', 'Waiting for approval'), ('waiting', 'Waiting'), ('held', 'On hold'), ('sending', 'Sending'), ('paid', 'Paid'), ('refused', 'Refused'), ('failed', 'Failed'), ('uncertain', 'Uncertain'), ('expired', 'Expired'), ('cancelled', 'Cancelled')], default='draft', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('approval', 'Waiting for approval'), ('waiting', 'Waiting'), ('held', 'On hold'), ('sending', 'Sending'), ('paid', 'Paid'), ('refused', 'Refused'), ('failed', 'Failed'), ('uncertain', 'Uncertain'), ('expired', 'Expired'), ('cancelled', 'Cancelled')], default='draft', max_length=10, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='transaction',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['approval', 'waiting', 'held', 'sending'])), fields=('replaces',), name='transaction_paid_again_once'),
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.TextField(verbose_name='why it needs approval')),
                ('state', models.CharField(choices=[('open', 'Waiting for approval'), ('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='open', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='asked')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('digest', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
                'ordering': ['-id'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='approval',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by'),
        ),
        migrations.AddField(
            model_name='approval',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='approval',
            name='order',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approval', to='contributors.paymentorder', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='approval',
            name='run',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approval', to='common.run', verbose_name='batch'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['state', '-id'], name='approval_by_state'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order', None), ('run__isnull', False)), models.Q(('order__isnull', False), ('run', None)), _connector='OR'), name='approval_of_order_or_run'),
        ),
    ]
