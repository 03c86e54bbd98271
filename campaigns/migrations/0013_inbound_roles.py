"""Who reads what VoiceShot posts, and who listens to what people said at prompts."""

from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

READ = {"campaigns.inboundpost": ["view_inboundpost"]}
LISTEN = {"campaigns.inboundrecording": ["view_inboundrecording"]}


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0012_inbound_recordings"), ("common", "0004_roles")]

    operations = [grant(STAFF, READ), grant(ADMINS, READ | LISTEN)]
