from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from campaigns import driving, inbound, not_wanted  # noqa: F401
        from voicehub.common import audit
        from voicehub.sync import chores

        for chore in (driving.CHORE, inbound.CHORE, inbound.REMOVAL):
            chores.register(chore)
        audit.describe(
            {
                "campaign.running": _("Let a campaign call"),
                "campaign.paused": _("Paused a campaign"),
                "campaign.stopping": _("Stopped a campaign"),
                "campaign.duplicated": _("Copied a campaign"),
                "campaign.settled": _("Settled uncertain calls of a campaign"),
                "sound.replaced": _("Gave a sound file of campaigns another sound"),
            }
        )
