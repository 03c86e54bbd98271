"""What every post must have, in the order in which VoiceShot looks."""

from collections.abc import Callable

from voicehub.sandbox.contract import Outcome
from voicehub.sandbox.models import VoiceShotAccount, VoiceShotMenu
from voicehub.sandbox.providers.voiceshot.reading import Element, Post, read, text_of
from voicehub.sandbox.providers.voiceshot.words import refusal
from voicehub.sandbox.wire import Answer, Request

IP, TRIAL, NO_ACTION, NO_MENUID, PARSE_ERROR, NO_CAMPAIGN = 1, 2, 4, 5, 7, 19

Act = Callable[[Post], Outcome]
ActOnMenu = Callable[[VoiceShotMenu, Element], Outcome]


def the_account() -> VoiceShotAccount:
    return VoiceShotAccount.objects.get()


def guard(act: Act) -> Callable[[Request], Outcome]:
    return lambda request: act(_let_in(request))


def guard_menu(act: ActOnMenu) -> Callable[[Request], Outcome]:
    def on_its_menu(post: Post) -> Outcome:
        return act(_menu_of(post.campaign), post.campaign)

    return guard(on_its_menu)


def refuse_unknown(post: Post) -> Answer:
    """For a post that none of the actions fits."""
    raise refusal(PARSE_ERROR if text_of(post.campaign, "action") else NO_ACTION)


def _let_in(request: Request) -> Post:
    account = the_account()
    if not account.is_ip_registered:
        raise refusal(IP)
    if account.is_trial_over:
        raise refusal(TRIAL)
    return read(request)


def _menu_of(campaign: Element) -> VoiceShotMenu:
    menuid = text_of(campaign, "menuid")
    if not menuid:
        raise refusal(NO_MENUID)
    menu = VoiceShotMenu.objects.filter(menuid=menuid).first()
    if menu is None:
        raise refusal(NO_CAMPAIGN)
    return menu
