"""What the demo starts with: the SIP accounts of the sandbox's Apidaze and their phones, and scripts for callers."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from telephony import services
from telephony.models import CallScript, ExternalScript, SipAccount
from telephony.scripts.samples import AFTER_RINGING, ANNOUNCE, MENU, RING_ONE, RING_SEVERAL
from telephony.sync.apidaze import APIDAZE
from voicehub.sync import queue
from voicehub.sync.accounts import account_by_key
from voicehub.sync.engine import drain_inline

# Each leads only to those before it, as publishing wants it.
PUBLISHED = (ANNOUNCE, AFTER_RINGING, RING_ONE, RING_SEVERAL, MENU)


def seed() -> None:
    """Import the accounts, publish a menu for every caller and have Apidaze load it here; what is there already stays
    as it is.
    """
    _seed_accounts()
    _seed_scripts()
    _seed_external_script()


def _seed_accounts() -> None:
    connection = account_by_key(APIDAZE)
    if connection and not SipAccount.objects.exists():
        queue.pull(SipAccount, connection)
        drain_inline()
        for account in SipAccount.objects.all():
            services.check_phone(account)
        drain_inline()


def _seed_scripts() -> None:
    if CallScript.objects.exists():
        return
    admin = get_user_model().objects.filter(username="admin").first()
    for sample in PUBLISHED:
        script = services.save_script(CallScript(name=sample.slug, draft=sample.script), user=admin)
        services.publish(script, shown=services.digest(script), note=_("The demo's own"), user=admin)
    menu = CallScript.objects.get(name=MENU.slug)
    services.make_default(menu, shown=services.digest(menu), user=admin)


def _seed_external_script() -> None:
    connection = account_by_key(APIDAZE)
    if connection and not ExternalScript.objects.exists():
        queue.pull(ExternalScript, connection)
        drain_inline()
        services.register_address(user=get_user_model().objects.filter(username="admin").first())
        drain_inline()
