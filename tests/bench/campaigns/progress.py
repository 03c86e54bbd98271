"""The page of a running campaign that calls very many, beside the same page with a thousand: time and queries."""

import statistics
import time

from tests.bench.campaigns.importing import make_campaign
from tests.bench.lists import numbers

# How many times as long as with a thousand a page may take; lists count what they show, up to ten thousand.
LIMITS = {"page": 1.5, "follow": 1.5, "bucket": 3.0, "search": 3.0}
FEW, TIMES_AS_MANY = 1_000, 10
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
# Of twenty recipients so many are in each state.
SHARES = {"reached": 10, "machine": 3, "busy": 1, "no_answer": 1, "failed": 1, "skipped": 1, "waiting": 3}
# So many calls are at VoiceShot, and so many end in a second.
UNDER_WAY, A_SECOND = 500, 10


def states(count):
    names = [name for name, share in SHARES.items() for _one in range(share)]
    shares = " ".join(f"WHEN n % 20 = {place} THEN '{name}'" for place, name in enumerate(names))
    return f"CASE WHEN n > {count - UNDER_WAY} THEN 'under_way' {shares} END"


def fill(campaign, person, count):
    """Recipients, a call to each that was called, and the tallies, by plain SQL."""
    from django.db import connection
    from django.utils import timezone

    from campaigns.models import Batch, Campaign, Recipient, Tally

    post = Batch.objects.create(campaign=campaign, connection=campaign.connection, size=1, requested_by=person)
    zone = "CASE n % 4 " + " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(ZONES)) + " END"
    json, ago = "'{}'", f"(line - {count}) / {A_SECOND}"
    json = json + "::jsonb" if connection.vendor == "postgresql" else json
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO campaigns_recipient
                (campaign_id, number, variables, zones, line, state, reason, tried, due_at)
            SELECT {campaign.pk}, '+1818' || (2000000 + n), {json}, {zone}, n, {states(count)}, '', 1,
                CASE WHEN n % 20 = 19 THEN {seconds_from_now("60")} END
            FROM ({numbers(1, count)}) AS numbers
            """
        )
        cursor.execute(
            f"""
            INSERT INTO campaigns_attempt (campaign_id, batch_id, recipient_id, number, callid, state, is_trial,
                is_unwanted, status, text, keys, created_at, ended_at)
            SELECT campaign_id, {post.pk}, id, number, 'call-' || id,
                CASE state WHEN 'under_way' THEN 'posted' ELSE 'ended' END, {no()}, {no()}, '', '', {json},
                CURRENT_TIMESTAMP, CASE state WHEN 'under_way' THEN NULL ELSE {seconds_from_now(ago)} END
            FROM campaigns_recipient WHERE campaign_id = {campaign.pk} AND state NOT IN ('waiting', 'skipped')
            """
        )
        cursor.execute(
            f"""
            INSERT INTO campaigns_tally (campaign_id, state, zones, count)
            SELECT campaign_id, state, zones, COUNT(*) FROM campaigns_recipient
            WHERE campaign_id = {campaign.pk} GROUP BY campaign_id, state, zones
            """
        )
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    Campaign.objects.filter(pk=campaign.pk).update(state="running", started_at=timezone.now(), started_by=person)
    if sum(Tally.objects.filter(campaign=campaign).values_list("count", flat=True)) != count:
        raise SystemExit("Not every recipient is counted.")
    return Recipient.objects.filter(campaign=campaign).order_by("pk").first()


def no():
    from django.db import connection

    return "false" if connection.vendor == "postgresql" else "0"


def seconds_from_now(seconds):
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"now() + ({seconds}) * interval '1 second'"
    return f"datetime('now', ({seconds}) || ' seconds')"


def pages_of(campaign, recipient):
    from django.urls import reverse

    def listed(**query):
        return reverse("admin:campaigns_recipient_changelist", query={"campaign__id__exact": campaign.pk, **query})

    return {
        "page": campaign.get_absolute_url(),
        "follow": reverse("admin:campaigns_campaign_follow", args=[campaign.pk]),
        "bucket": listed(state__exact="busy"),
        "search": listed(q=recipient.number[:9]),
    }


def asked(client, url, repeat):
    """Milliseconds, and queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took = []
    for _round in range(repeat + 1):
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        took.append((time.perf_counter() - begin) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{url} answers {answer.status_code}.")
    # The first one warms up.
    return round(statistics.median(took[1:]), 1), len(queries)


def measured(count, repeat):
    from django.conf import settings
    from django.test import Client

    from campaigns.models import Menu

    settings.ALLOWED_HOSTS = ["testserver"]
    person, new_campaign = make_campaign()
    client, found = Client(), {}
    client.force_login(person)
    for recipients in (FEW, count * TIMES_AS_MANY):
        campaign = new_campaign()
        menu = Menu(connection=campaign.connection, menuid=f"1-{recipients}", name="Bench", caller_id="+18185550199")
        menu.save()
        campaign.menu = menu
        campaign.save()
        pages = pages_of(campaign, fill(campaign, person, recipients))
        found[recipients] = {name: asked(client, url, 2 * repeat + 3) for name, url in pages.items()}
    few, many = found.values()
    ratios = {name: round(many[name][0] / few[name][0], 2) for name in LIMITS}
    return {
        "recipients": list(found),
        "milliseconds": {name: (few[name][0], many[name][0]) for name in LIMITS},
        "queries": {name: (few[name][1], many[name][1]) for name in LIMITS},
        **ratios,
        "limits": LIMITS,
        "kept": all(ratios[name] <= LIMITS[name] and few[name][1] == many[name][1] for name in LIMITS),
    }
