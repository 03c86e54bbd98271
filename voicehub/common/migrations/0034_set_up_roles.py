from django.db import migrations

from voicehub.common.roles import ADMINS, grant


class Migration(migrations.Migration):

    dependencies = [("common", "0033_set_up")]

    operations = [grant(ADMINS, {"common.setuptick": ["set_up"]})]
