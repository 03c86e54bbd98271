from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='HookAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('target', models.CharField(blank=True, max_length=64, verbose_name='for')),
                ('digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('former_digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('former_until', models.DateTimeField(blank=True, null=True, verbose_name='the former one works until')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'inbound address',
                'verbose_name_plural': 'inbound addresses',
                'ordering': ['kind', 'target'],
                'permissions': [('manage_hooks', 'Can make, change and close inbound addresses')],
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('kind', 'target'), name='one_hook_address_a_target')],
            },
        ),
    ]
