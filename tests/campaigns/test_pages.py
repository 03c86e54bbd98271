"""The pages of campaigns as staff use them: written, looked over, started, followed, settled, and called again."""

import csv
import html
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import batching, moving, outcomes, services
from campaigns.models import Attempt, Batch, Campaign, KeyRule, Menu, Recipient
from campaigns.voiceshot import SeenCall
from tests.campaigns.factories import CALLER_ID, MENUID, add, make_campaign, make_menu, number
from tests.common.factories import make_person
from voicehub.common.models import AuditEntry
from voicehub.common.roles import STAFF
from voicehub.sync.clock import database_now
from voicehub.sync.models import Connection, RecordState
from voicehub.sync.services import TooLateError

State, Of = Campaign.State, Recipient.State


@pytest.fixture
def staff(campaigns):
    return make_person("ann", STAFF)


@pytest.fixture
def client(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def menu(campaigns):
    """VoiceShot has confirmed it."""
    menu = make_menu()
    Menu._base_manager.filter(pk=menu.pk).update(sync_state=RecordState.IN_STEP, remote_id=MENUID)
    return Menu.objects.get(pk=menu.pk)


@pytest.fixture
def campaign(menu, staff):
    return make_campaign(menu, created_by=staff)


def page_of(name, record, *more):
    return reverse(f"admin:campaigns_{record._meta.model_name}_{name}", args=[record.pk, *more])


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def written(menu, keys=(), **fields):
    """What a browser sends of a campaign's form."""
    rows = {f"key_rules-{place}-{name}": value for place, row in enumerate(keys) for name, value in row.items()}
    parts = {
        f"{prefix}-{name}": value
        for prefix, count in (("key_rules", len(keys)), ("prompts", 0))
        for name, value in (("TOTAL_FORMS", count), ("INITIAL_FORMS", 0))
    }
    usual = {"name": "Spring", "menu": menu.pk, "days": ["1", "3"], "opens": "9:00", "closes": "17:00", "tries": 2}
    return {"retry_minutes": 60, "opt_out_key": "9", "time_zone": "", **parts, **rows, **usual, **fields}


def start(client, campaign):
    shown = client.get(page_of("preflight", campaign)).context["shown"]
    return client.post(page_of("start", campaign), {"shown": shown}, follow=True)


def run(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(state=State.RUNNING)
    return Campaign.objects.get(pk=campaign.pk)


@transaction.atomic
def post(campaign, recipients):
    """Their calls are with VoiceShot, or on their way there."""
    return batching.make(moving.lock(campaign.pk), recipients, closes_at=timezone.now() + timedelta(hours=5))


def end(batch, *texts):
    """What became of the calls of a post, in VoiceShot's words."""
    outcomes.apply(
        [
            SeenCall(call.callid, status="Successful" if "n" in text else "Failed", text=text, keys={"1": "4"})
            for call, text in zip(batch.attempts.order_by("pk"), texts, strict=True)
        ]
    )


def test_a_campaign_is_written_with_what_keys_do_and_belongs_to_who_wrote_it(client, menu, staff):
    keys = [{"keys": "1", "action": "transfer", "transfer_to": "(818) 555-0123", "goto": "left over"[:4]}]
    client.post(reverse("admin:campaigns_campaign_add"), written(menu, keys, caller_id="818 555 0155"))
    campaign, rule = Campaign.objects.get(), KeyRule.objects.get()
    assert (campaign.days, campaign.caller_id, campaign.created_by) == ("13", "+18185550155", staff)
    assert (campaign.connection, campaign.state) == (menu.connection, State.DRAFT)
    assert (rule.transfer_to, rule.goto) == ("+18185550123", "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"closes": "8:00"}, "It has to be later than the beginning."),
        ({"days": []}, "This field is required."),
        ({"caller_id": "12345"}, "Write ten digits"),
        ({"key_rules-0-goto": ""}, "“Say something” needs this."),
    ],
)
def test_what_is_wrong_in_the_form_is_told_beside_its_field(client, menu, fields, said):
    keys = [{"keys": "1", "action": "speak", "text": "Hello", "goto": "2"}]
    answer = client.post(reverse("admin:campaigns_campaign_add"), written(menu, keys, **fields))
    assert said in text_of(answer)
    assert not Campaign.objects.exists()


def test_a_menu_of_another_account_cannot_be_chosen(client, menu):
    other = Connection.objects.create(provider="voiceshot", base_url="http://x.test", account="other")
    Menu._base_manager.update(connection=other)
    answer = client.post(reverse("admin:campaigns_campaign_add"), written(menu))
    assert "This menu belongs to another account" in text_of(answer)


def test_a_menuid_is_taken_once(client, menu):
    typed = {"name": "Twin", "menuid": MENUID, "caller_id": CALLER_ID, "note": ""}
    assert "There is a menu of this menuid already: Main." in text_of(
        client.post(reverse("admin:campaigns_menu_add"), typed)
    )


def test_a_menu_is_held_and_released_by_hand_as_long_as_no_campaign_does_that(client, menu, campaign):
    client.post(page_of("act", menu), {"action": "hold"})
    assert Menu.objects.get().is_paused
    run(campaign)
    client.post(page_of("act", menu), {"action": "release"})
    assert Menu.objects.get().is_paused


def test_without_anybody_to_call_it_cannot_start_and_the_page_says_why(client, campaign):
    page = client.get(page_of("preflight", campaign))
    assert "There is nobody to call. Add recipients first." in text_of(page)
    assert "Start calling" not in text_of(page)
    start(client, campaign)
    assert Campaign.objects.get().state == State.DRAFT


def test_the_look_before_the_start_shows_whom_it_calls_and_one_call_as_it_is_posted(client, campaign):
    add(campaign, number(1), number(2))
    add(campaign, number(3), state=Of.SKIPPED, reason="On the do-not-call list.")
    said = text_of(client.get(page_of("preflight", campaign)))
    assert "2 phones ring" in said or "the sandbox calls" in said
    assert "1: On the do-not-call list." in said
    assert 'number="8185560001"' in said


def test_a_second_press_on_start_changes_nothing(client, campaign, staff):
    add(campaign, number(1))
    shown = client.get(page_of("preflight", campaign)).context["shown"]
    for _press in range(2):
        answer = client.post(page_of("start", campaign), {"shown": shown})
        assert answer.url == campaign.get_absolute_url()
    assert Campaign.objects.get().started_by == staff
    assert AuditEntry.objects.filter(action="campaign.running").count() == 1


def test_what_was_changed_since_somebody_looked_does_not_start(client, campaign):
    add(campaign, number(1))
    shown = client.get(page_of("preflight", campaign)).context["shown"]
    add(campaign, number(2))
    answer = client.post(page_of("start", campaign), {"shown": shown}, follow=True)
    assert "It has changed since you looked" in text_of(answer)
    assert Campaign.objects.get().state == State.DRAFT
    said = text_of(start(client, campaign))
    assert "It runs." in said
    assert "Let a campaign call" in said


def test_calling_oneself_first_calls_once_however_often_it_is_pressed(client, campaign):
    add(campaign, number(1))
    wanted = {"number": "818 555 0100"}
    wanted["confirmation"] = client.get(page_of("preflight", campaign)).context["form"]["confirmation"].value()
    for _press in range(2):
        client.post(page_of("try_out", campaign), wanted)
    assert Attempt.objects.get().number == "+18185550100"
    assert moving.tally(campaign) == {Of.WAITING: 1}


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        (State.RUNNING, "pause", State.PAUSED),
        (State.PAUSED, "resume", State.RUNNING),
        (State.RUNNING, "stop", State.STOPPING),
        (State.PAUSED, "stop", State.STOPPING),
        (State.FINISHED, "stop", State.FINISHED),
    ],
)
def test_pause_go_on_and_stop_are_pressed_on_the_page(client, campaign, state, action, after):
    Campaign.objects.update(state=state)
    client.post(page_of("act", campaign), {"action": action})
    assert Campaign.objects.get().state == after


def test_the_page_of_a_running_campaign_follows_it(client, campaign):
    recipients = add(campaign, *map(number, range(4)))
    campaign = run(campaign)
    page = client.get(page_of("change", campaign))
    assert "data-moving" in page.content.decode()
    unchanged = {"If-None-Match": f'"{page.context["panel"].mark}"'}
    assert client.get(page_of("follow", campaign), headers=unchanged).status_code == 304
    end(post(campaign, recipients), "Human Answer", "Busy", "No answer", "Operator Intercept")
    part = client.get(page_of("follow", campaign), headers=unchanged)
    assert (part.status_code, part.context["progress"].settled, part.context["chart"].total) == (200, 4, 4)
    assert 'state__exact=busy"' in html.unescape(part.content.decode())


def test_the_page_asks_the_database_as_often_for_many_as_for_few(client, campaign):
    campaign = run(campaign)
    asked = []
    for place in (range(2), range(2, 300)):
        add(campaign, *map(number, place))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(page_of("follow", campaign))
        asked.append(Counter(query["sql"].split(" WHERE ")[0] for query in queries))
        assert not any('FROM "campaigns_recipient"' in sql and "COUNT" in sql for sql in asked[-1])
    assert asked[0] == asked[1]


def test_outside_the_hours_the_page_says_until_when(client, campaign):
    campaign.days = str((datetime.now(UTC) + timedelta(days=3)).isoweekday())
    campaign.save()
    add(campaign, number(1))
    assert "for 1 person." in text_of(client.get(page_of("change", run(campaign))))


def test_a_person_overwrites_nothing_that_the_worker_has_written_meanwhile(campaign, staff):
    opened = Campaign.objects.get()
    run(campaign)
    with pytest.raises(TooLateError), transaction.atomic():
        services.insist_on_state(opened)
    opened.name = "Summer"
    services.save_campaign(opened, ["name"], user=staff)
    assert (Campaign.objects.get().name, Campaign.objects.get().state) == ("Summer", State.RUNNING)


def test_a_campaign_that_runs_keeps_its_words_hours_and_keys(client, campaign, menu):
    campaign = run(campaign)
    keys = [{"keys": "1", "action": "goto", "goto": "2"}]
    client.post(page_of("change", campaign), written(menu, keys, name="Summer", pace="30", closes="23:00"))
    changed = Campaign.objects.get()
    assert (changed.name, changed.pace, changed.closes, changed.state) == (
        "Summer",
        30,
        campaign.closes,
        State.RUNNING,
    )
    assert not KeyRule.objects.exists()


def test_a_draft_is_thrown_away_with_its_recipients_and_one_that_called_is_not(client, campaign):
    add(campaign, number(1))
    assert "Recipients" in text_of(client.get(page_of("delete", campaign))).title()
    run(campaign)
    assert client.post(page_of("delete", campaign), {"post": "yes"}).status_code == 403
    Campaign.objects.update(state=State.DRAFT)
    client.post(page_of("delete", campaign), {"post": "yes"})
    assert not Campaign.objects.exists()
    assert AuditEntry.objects.filter(action="record.deleted").count() == 1


def listed(client, campaign, **query):
    url = reverse("admin:campaigns_recipient_changelist", query={"campaign__id__exact": campaign.pk, **query})
    return [one.number for one in client.get(url).context["cl"].result_list]


def test_buckets_and_numbers_find_recipients(client, campaign):
    add(campaign, number(1), number(2))
    add(campaign, "+13105550101", state=Of.BUSY)
    other = make_campaign(make_menu("1-5678"), created_by=campaign.created_by, name="Other")
    add(other, number(7))
    assert listed(client, campaign) == [number(1), number(2), "+13105550101"]
    assert listed(client, campaign, state__exact=Of.BUSY) == ["+13105550101"]
    assert listed(client, campaign, q="(818) 556-") == [number(1), number(2)]
    assert listed(client, campaign, q=number(2)) == [number(2)]
    assert listed(client, campaign, q="12") == []


def test_recipients_are_taken_out_of_a_draft_and_the_tallies_know(client, campaign):
    recipients = add(campaign, number(1), number(2))
    url = reverse("admin:campaigns_recipient_changelist", query={"campaign__id__exact": campaign.pk})
    chosen = {"action": "take_out", "_selected_action": [recipients[0].pk]}
    client.post(url, chosen)
    assert moving.tally(campaign) == {Of.WAITING: 1}
    run(campaign)
    client.post(url, {**chosen, "_selected_action": [recipients[1].pk]})
    assert moving.tally(campaign) == {Of.WAITING: 1}


def test_the_export_tells_of_each_on_the_list_what_came_of_the_last_call(client, campaign):
    recipients = add(campaign, number(1), number(2), variables={"name": "=Ann"})
    add(campaign, number(3))
    end(post(run(campaign), recipients), "Human Answer", "Busy")
    url = reverse("admin:campaigns_recipient_export", args=["csv"], query={"campaign__id__exact": campaign.pk})
    body = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    told = [(row["Number"], row["State"], row["Answer"], row["Keys pressed"], row["name"]) for row in rows]
    assert told == [
        (f"'{number(1)}", "Reached", "Human Answer", "1: 4", "'=Ann"),
        (f"'{number(2)}", "Busy", "Busy", "1: 4", "'=Ann"),
        (f"'{number(3)}", "Waiting", "", "", ""),
    ]


def test_the_page_of_a_recipient_tells_every_call(client, campaign):
    [one] = add(campaign, number(1), variables={"name": "<b>Ann</b>"})
    end(batch := post(run(campaign), [one]), "Human Answer")
    page = client.get(page_of("change", one))
    assert "Successful: Human Answer" in text_of(page)
    assert batch.attempts.get().callid in text_of(page)
    assert "<b>Ann" not in page.content.decode()


@pytest.mark.parametrize(("action", "after"), [("call_again", Of.WAITING), ("leave", Of.FAILED)])
def test_calls_whose_fate_nobody_knows_are_made_again_once_a_person_says_so(
    client, campaign, settings, action, after
):
    settings.SETTLE_NEEDS_SECOND_PERSON, settings.SETTLE_WAIT_SECONDS = False, 0
    batch = post(run(campaign), add(campaign, number(1), number(2)))
    with transaction.atomic():
        outcomes.lost(moving.lock(campaign.pk), batch.attempts.all(), "Nobody knows.")
    batch.attempts.update(missed_at=database_now())
    assert str(batch) in text_of(client.get(page_of("change", campaign)))
    assert "2 calls of this post did not show up" in text_of(client.get(page_of("change", batch)))
    client.post(page_of("act", batch), {"action": action})
    assert moving.tally(campaign) == {after: 2}
    client.post(page_of("act", batch), {"action": action})
    assert Batch.objects.count() == 1


def test_those_not_reached_are_called_again_as_a_new_draft(client, campaign):
    end(post(run(campaign), add(campaign, *map(number, range(3)))), "Human Answer", "Busy", "No answer")
    again = page_of("again", campaign)
    assert again not in client.get(page_of("change", campaign)).content.decode()
    Campaign.objects.update(state=State.FINISHED)
    assert "A new draft for the 2 who" in text_of(client.get(page_of("change", campaign)))
    assert client.get(again).status_code == 405
    client.post(again)
    draft = Campaign.objects.get(state=State.DRAFT)
    assert (draft.again_of, moving.tally(draft)) == (campaign, {Of.WAITING: 2})


def test_a_copy_takes_words_and_keys_along_and_nobody_to_call(client, campaign):
    KeyRule.objects.create(campaign=campaign, keys="1", goto="2")
    add(campaign, number(1))
    answer = client.post(page_of("duplicate", campaign))
    copy = Campaign.objects.exclude(pk=campaign.pk).get()
    assert answer.url == copy.get_absolute_url()
    assert (copy.prompts.count(), copy.key_rules.count(), moving.tally(copy)) == (1, 1, {})


def test_the_page_of_a_number_and_the_first_page_tell_of_campaigns(client, campaign):
    add(campaign, number(1), state=Of.BUSY)
    campaign.name = "Harbour days"
    campaign.save()
    Campaign.objects.update(state=State.PAUSED)
    assert "Harbour days" in text_of(client.get(reverse("admin:telephony_phonenumber_change", args=[number(1)])))
    assert "Campaigns that are paused" in text_of(client.get(reverse("admin:index")))
