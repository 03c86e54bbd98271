"""What every post must have, in the order in which VoiceShot looks."""

from collections.abc import Callable

from voicehub.sandbox.models import VoiceShotAccount, VoiceShotMenu
from voicehub.sandbox.providers.voiceshot.reading import Element, campaign_of, text_of
from voicehub.sandbox.providers.voiceshot.words import refusal
from voicehub.sandbox.wire import Answer, Request

ACTIONS = frozenset("01236" "78")
WITHOUT_MENU = frozenset("16")
IP, TRIAL, NO_ACTION, NO_MENUID, PARSE_ERROR, NO_CAMPAIGN = 1, 2, 4, 5, 7, 19

Act = Callable[[Element], Answer]
ActOnMenu = Callable[[VoiceShotMenu, Element], Answer]


def the_account() -> VoiceShotAccount:
    return VoiceShotAccount.objects.get()


def guard(act: Act) -> Callable[[Request], Answer]:
    return lambda request: act(_let_in(request))


def guard_menu(act: ActOnMenu) -> Callable[[Request], Answer]:
    def on_its_menu(campaign: Element) -> Answer:
        return act(_menu_of(campaign), campaign)

    return guard(on_its_menu)


def refuse_unknown(campaign: Element) -> Answer:
    """For a post that none of the actions fits."""
    if not text_of(campaign, "action"):
        raise refusal(NO_ACTION)
    raise refusal(PARSE_ERROR)


def _let_in(request: Request) -> Element:
    account = the_account()
    if not account.is_ip_registered:
        raise refusal(IP)
    if account.is_trial_over:
        raise refusal(TRIAL)
    return campaign_of(request)


def _menu_of(campaign: Element) -> VoiceShotMenu:
    menuid = text_of(campaign, "menuid")
    if not menuid:
        raise refusal(NO_MENUID)
    menu = VoiceShotMenu.objects.filter(menuid=menuid).first()
    if menu is None:
        raise refusal(NO_CAMPAIGN)
    return menu
