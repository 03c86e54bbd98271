"""Recipients on their way out: chosen, written as XML and posted; beside lxml's incremental writer and requests."""

import io
import tracemalloc

import requests
from lxml import etree

from tests.bench.bare_server import BareServer
from tests.bench.campaigns.importing import seconds_of

# A post is committed before it leaves, claimed, sent and written down: of the bare loop's speed, and of memory.
LIMITS = {"beside_bare": 0.05, "memory_ratio": 1.5}
TAKEN = '<campaign errorid="0" comment="ok"/>'
WORDS = "Hello {name}, your order is ready."
A_POST = 100


def fill(campaign, count):
    from django.db import transaction

    from campaigns import moving
    from campaigns.models import Campaign, Recipient
    from tests.campaigns.factories import noon_zone, number

    zone = noon_zone()
    campaign.prompts.update(text=WORDS)
    with transaction.atomic():
        for part in moving.parts(range(count), 5000):
            people = [
                Recipient(campaign=campaign, number=number(n), zones=zone, variables={"name": f"Person {n}"})
                for n in part
            ]
            moving.add_recipients(moving.lock(campaign.pk), people)
    Campaign.objects.filter(pk=campaign.pk).update(state="running", started_by=campaign.created_by)


def post_all(campaign):
    """What the worker does until everybody is at VoiceShot."""
    from campaigns import driving, moving
    from voicehub.sync.engine import drain

    while moving.tally(campaign)["waiting"]:
        driving.step(campaign.pk)
        drain(seconds=3600)


def post_bare(url, count):
    """The same XML from lxml's incremental writer, over one kept connection."""
    session = requests.Session()
    session.trust_env = False
    for start in range(0, count, A_POST):
        session.post(url, data=written(start), headers={"Content-Type": "text/xml"}).raise_for_status()


def written(start):
    body = io.BytesIO()
    head = {"action": "0", "menuid": "1-1234", "callerid": "8185550199"}
    with (
        etree.xmlfile(body, encoding="US-ASCII") as file,
        file.element("campaign", head),
        file.element("phonenumbers"),
    ):
        for place in range(start, start + A_POST):
            number, words = f"818{5_560_000 + place}", f"Hello Person {place}, your order is ready."
            with file.element("phonenumber", number=number, callid=f"{place:032}"), file.element("prompts"):
                file.write(etree.Element("prompt", promptid="1", tts=words))
    return body.getvalue()


def new_campaign(count):
    """A running one of its own menu, which VoiceShot is taken to know."""
    from django.contrib.auth import get_user_model

    from campaigns.models import Campaign, Menu
    from tests.campaigns import factories

    people = get_user_model().objects
    person = people.filter(username="campaigns").first() or people.create_superuser("campaigns")
    menu = factories.make_menu(f"1-{Campaign.objects.count() + 1}")
    Menu._base_manager.filter(pk=menu.pk).update(sync_state="in_step", remote_id=menu.menuid)
    campaign = factories.make_campaign(menu, created_by=person)
    fill(campaign, count)
    return campaign


def peak_memory(count):
    campaign = new_campaign(count)
    tracemalloc.start()
    post_all(campaign)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1_000_000, 1)


def measured(count, repeat):
    from django.conf import settings

    server = BareServer(answer=TAKEN)
    settings.VOICESHOT_URL = f"{server.url}/ivrapi.asp"
    settings.VOICESHOT_ASSUMED_PACE, settings.VOICESHOT_CLOSING_SECONDS = 100 * count, 0
    settings.CAMPAIGN_DAILY_NUMBER = settings.CAMPAIGN_DAILY_NUMBER_PER_PERSON = 0
    try:
        return _measured(server, count)
    finally:
        server.stop()


def _measured(server, count):
    from django.db.models import Sum

    from campaigns.models import Batch
    from voicehub.sync import lanes

    lanes.ensure_lanes()
    campaign = new_campaign(count)
    bare = seconds_of(post_bare, server.url, count)
    server.arrivals()
    ours = seconds_of(post_all, campaign)
    posts = [body for _at, body in server.arrivals() if 'action="0"' in body]
    if len(posts) != count // A_POST or Batch.objects.aggregate(all=Sum("size"))["all"] != count:
        raise SystemExit("Not everybody was posted once.")
    memory = {people: peak_memory(people) for people in (count // 10, count // 2)}
    found = {
        "beside_bare": round(bare / ours, 3),
        "memory_ratio": round(memory[count // 2] / memory[count // 10], 2),
    }
    return {
        "numbers": count,
        "posted_a_second": round(count / ours),
        "bare_a_second": round(count / bare),
        "memory_mb": memory,
        **found,
        "limits": LIMITS,
        "kept": found["beside_bare"] >= LIMITS["beside_bare"] and found["memory_ratio"] <= LIMITS["memory_ratio"],
    }
