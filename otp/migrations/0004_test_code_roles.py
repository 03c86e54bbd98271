"""What each role may do with test codes."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

TRY = {"otp.testcode": ["view_testcode", "send_testcode", "settle_testcode"]}


class Migration(migrations.Migration):
    dependencies = [("otp", "0003_test_codes"), ("common", "0004_roles")]

    operations = [grant(STAFF, TRY), grant(ADMINS, TRY)]
