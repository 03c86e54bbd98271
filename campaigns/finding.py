"""What the search finds of campaigns."""

from django.utils.translation import gettext_lazy as _

from voicehub.common import finding

finding.records(
    "campaigns.campaign", "campaign", "name__istartswith", text=lambda campaign: campaign.get_state_display()
)
finding.records(
    "campaigns.menu", "account_tree", "name__istartswith", "menuid__startswith", text=lambda menu: menu.menuid
)
finding.records("campaigns.soundfile", "graphic_eq", "name__istartswith")
finding.action(_("New campaign"), "campaigns_campaign_add", "campaigns.add_campaign")
finding.action(_("Add a menu"), "campaigns_menu_add", "campaigns.add_menu")
finding.action(_("Upload a sound file"), "campaigns_soundfile_upload", "campaigns.add_soundfile")
