"""How OutVoice is set up."""

from django.utils.translation import gettext_lazy as _

from voicehub.common import setting_up
from voicehub.common.setting_up import Guide, Need, Step

ON_ITS_SITE = (
    _("Ask OutVoice for a client id for VoiceHub."),
    _("Contributors are invited on OutVoice's own site; VoiceHub reads them from there."),
)

setting_up.add(
    Guide(
        slug="outvoice",
        prefixes=("OUTVOICE_", "PAYMENT_"),
        needs=(Need(("OUTVOICE_CLIENT_ID",), _("Nobody can connect an OutVoice account, so nobody can be paid.")),),
        on_its_site=lambda: ON_ITS_SITE,
        account_page="admin:contributors_contributor_account",
    ),
    Step(
        "outvoice_first_payment",
        _("A first small payment was looked at in OutVoice"),
        _("Pay one contributor a small amount, and see in OutVoice that it arrived as the amount that was meant."),
        provider="outvoice",
    ),
)
