"""How VoiceShot is set up."""

from django.utils.translation import gettext_lazy as _

from voicehub.common import setting_up
from voicehub.common.setting_up import Guide, Need, Step

ON_ITS_SITE = (
    _(
        "VoiceShot knows you by the address that your requests come from. Register the public IP address of the "
        "computer on which the worker runs, with every campaign there. Whoever runs that computer knows it; opened "
        "there, any page that shows “my IP address” tells it too."
    ),
    _("Authorise the caller ids that your campaigns show."),
    _(
        "Enter the address for results, which is made below, for call summaries and for call events, with every "
        "campaign there. Then press the test beside it."
    ),
)

setting_up.add(
    Guide(
        slug="voiceshot",
        prefixes=("VOICESHOT_", "CAMPAIGN_"),
        needs=(Need(("VOICESHOT_ACCOUNT",), _("No campaign calls anybody.")),),
        hooks=("voiceshot",),
        on_its_site=lambda: ON_ITS_SITE,
    ),
    Step(
        "voiceshot_address",
        _("VoiceShot knows the IP address of the worker"),
        _("It is registered on VoiceShot's site with every campaign. Without it each post is refused with error 1."),
        provider="voiceshot",
    ),
    Step(
        "voiceshot_results",
        _("VoiceShot posts results to VoiceHub"),
        _(
            "The address is entered on its site for call summaries and call events, and its test there shows under "
            "Inbound requests."
        ),
        provider="voiceshot",
    ),
)
