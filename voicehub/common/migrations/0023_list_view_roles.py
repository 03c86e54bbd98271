"""Who shares views of lists with everybody."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SHARE = {"common.listview": ["share_listview"]}


class Migration(migrations.Migration):
    dependencies = [("common", "0022_list_views")]

    operations = [grant(STAFF, SHARE), grant(ADMINS, SHARE)]
