"""How Apidaze and Voitex are set up."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from telephony.apidaze import NATIVE
from voicehub.common import setting_up
from voicehub.common.setting_up import Guide, Need, Step

NO_QUESTION_IN_REVISION_A = _(
    "Revision A of Voitex's interface has no question without an effect: the first upload, call or text shows "
    "whether the key is good."
)


def _at_apidaze() -> Sequence[Any]:
    if settings.APIDAZE_KIND == NATIVE:
        key = _("Take the API key and the API secret of your domain from Apidaze's dashboard.")
    else:
        key = _(
            "In KPN's developer portal, make an app, subscribe it to the voice product, and wait until it is "
            "approved: it has the client id and the client secret."
        )
    return (
        key,
        _(
            "The script address needs no copying: under External scripts, “Answer calls from here” makes it and "
            "registers it at Apidaze."
        ),
    )


def _at_voitex() -> Sequence[Any]:
    return (
        _("Voitex gives out the key with the account, and says which revision of the interface it has."),
        _(
            "Each hotline has an address of its own: make it on the hotline's page, and enter it at Voitex in the "
            "Trigger branch of that hotline."
        ),
    )


setting_up.add(
    Guide(
        slug="apidaze",
        prefixes=("APIDAZE_",),
        needs=(
            Need(
                ("APIDAZE_CLIENT_ID", "APIDAZE_CLIENT_SECRET"),
                _("SIP accounts are kept here only, and callers do not get to the call scripts."),
            ),
        ),
        hooks=("apidaze",),
        on_its_site=_at_apidaze,
    ),
    Guide(
        slug="voitex",
        prefixes=("VOITEX_", "CALL_", "SMS_"),
        needs=(
            Need(("VOITEX_AUTH_KEY",), _("No recording is uploaded, nobody is called and no text is sent.")),
            Need(
                ("VOITEX_CONTACTS_URL",),
                _(
                    "Contacts cannot be looked up: revision A of the interface has none. If your account has "
                    "revision B, set VOITEX_REVISION=b."
                ),
                is_vital=False,
            ),
        ),
        hooks=("voitex/trigger",),
        on_its_site=_at_voitex,
        untestable=lambda: "" if settings.VOITEX_CONTACTS_URL else NO_QUESTION_IN_REVISION_A,
    ),
    Step(
        "voitex_trigger",
        _("Voitex asks VoiceHub what to do during a call"),
        _("The address of each hotline is entered in its Trigger branch, and a call shows under Hotline calls."),
        provider="voitex",
    ),
)
