"""Records of campaigns for tests. It is always noon where their recipients are."""

from datetime import UTC, datetime, time

from campaigns import moving
from campaigns.models import Campaign, Menu, Prompt, Recipient, SoundFile
from campaigns.services import voiceshot_account
from tests.common.factories import make_person

MENUID, CALLER_ID = "1-1234", "+18185550199"


def noon_zone() -> str:
    """A time zone in which it is noon, whenever the tests run."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"


def number(place: int) -> str:
    """An allowed number; its last digit decides how the sandbox ends the call: 0 to 4 a person answers."""
    return f"+1818{5_560_000 + place}"


def make_menu(menuid: str = MENUID, **values: object) -> Menu:
    menu = Menu(menuid=menuid, name="Main", caller_id=CALLER_ID, connection=voiceshot_account(), **values)
    menu.save()
    return menu


def make_campaign(menu: Menu | None = None, **values: object) -> Campaign:
    """A draft that says one thing and may call at any time of any day."""
    usual = {"name": "Spring", "days": "1234567", "opens": time(0), "closes": time(23, 59), "time_zone": noon_zone()}
    campaign = Campaign.objects.create(
        menu=menu or make_menu(),
        connection=voiceshot_account(),
        created_by=values.pop("created_by", None) or make_person("starter", "Admin"),
        **usual | values,
    )
    Prompt.objects.create(campaign=campaign, promptid="1", text="Hello.")
    return campaign


def add(campaign: Campaign, *numbers: str, zones: str = "", **values: object) -> list[Recipient]:
    """Recipients who wait."""
    return moving.add_recipients(
        campaign,
        [Recipient(campaign=campaign, number=one, zones=zones or noon_zone(), **values) for one in numbers],
    )


def make_sound_file(name: str = "offer.wav") -> SoundFile:
    """A record without a file: good for pages and prompts, not for VoiceShot."""
    about = {"digest": "d", "size": 1, "seconds": 4, "sample_rate": 8000, "channels": 1}
    sound = SoundFile(name=name, file="campaigns/none.wav", connection=voiceshot_account(), **about)
    sound.save()
    return sound
