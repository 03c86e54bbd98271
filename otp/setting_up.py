"""How Ourvoice is set up."""

from django.utils.translation import gettext_lazy as _

from voicehub.common import setting_up
from voicehub.common.setting_up import Guide, Need

ON_ITS_SITE = (
    _("Make an API key in Ourvoice's dashboard. It is shown there once, and holds a |."),
    _("Senders are made and approved there; VoiceHub reads them."),
)

setting_up.add(
    Guide(
        slug="ourvoice",
        prefixes=("OURVOICE_", "TEST_CODE_"),
        needs=(
            Need(
                ("OURVOICE_API_KEY",), _("Apps for one-time passwords are kept here only, and no test code is sent.")
            ),
        ),
        on_its_site=lambda: ON_ITS_SITE,
    )
)
