from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('common', '0007_runs')]

    operations = [
        migrations.CreateModel(
            name='LimitLock',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
