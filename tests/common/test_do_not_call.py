"""Numbers that nobody calls or texts: on the list, off it again, and asked about before anything goes out."""

import contextlib
import html
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from tests.common.factories import make_person
from voicehub.common import do_not_call, outreach, runs
from voicehub.common.models import AuditEntry, DoNotCallNumber, Run, RunRow
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.common.runs import working
from voicehub.sync.services import TooLateError

pytestmark = pytest.mark.django_db

NUMBER, OTHER = "+33199001234", "+33199001235"
LIST = reverse("admin:common_donotcallnumber_changelist")


@pytest.fixture
def ann():
    return make_person("ann", STAFF)


@pytest.fixture
def client(client, ann):
    client.force_login(ann)
    return client


def add(number=NUMBER, **values):
    return do_not_call.add(number, **{"source": do_not_call.Source.TYPED, "reason": "asked us"} | values)


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def test_a_listed_number_is_neither_called_nor_texted_until_it_is_taken_off(ann):
    assert outreach.obstacle(NUMBER) == ""
    add(user=ann)
    assert "on the do-not-call list" in outreach.obstacle(NUMBER)
    assert "asked us" in outreach.obstacle(NUMBER)
    do_not_call.take_off(NUMBER, reason="called back", user=ann)
    assert outreach.obstacle(NUMBER) == ""


def test_adding_twice_changes_nothing_and_taking_off_twice_is_too_late(ann):
    told = []
    do_not_call.on_added(told.append)
    try:
        assert (add(), add(reason="again")) == (True, False)
    finally:
        do_not_call._added.remove(told.append)
    assert told == [[NUMBER]]
    assert do_not_call.entry_of(NUMBER).reason == "asked us"
    do_not_call.take_off(NUMBER, reason="a mistake", user=ann)
    with pytest.raises(TooLateError):
        do_not_call.take_off(NUMBER, reason="a mistake", user=ann)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_add_a_number_at_once_one_does():
    barrier = threading.Barrier(2)

    def add_it(_number):
        barrier.wait()
        with contextlib.closing(connection):
            return add()

    with ThreadPoolExecutor() as threads:
        assert sorted(threads.map(add_it, range(2))) == [False, True]
    assert DoNotCallNumber.objects.get().changes.count() == 1


def test_what_was_on_the_list_once_comes_on_it_again_with_its_history(ann):
    add()
    do_not_call.take_off(NUMBER, reason="a mistake", user=ann)
    add(reason="asked again", user=ann)
    entry = DoNotCallNumber.objects.get()
    assert (entry.is_listed, entry.reason, entry.off_reason) == (True, "asked again", "")
    assert [change.off_reason for change in entry.changes.order_by("pk")] == ["", "a mistake", ""]
    actions = AuditEntry.objects.filter(action__startswith="do_not_call").order_by("pk")
    assert [(one.action, one.reason) for one in actions][1] == ("do_not_call.taken_off", "a mistake")


def test_many_numbers_are_asked_about_at_once(django_assert_max_num_queries):
    add()
    numbers = [f"+331990{number:05}" for number in range(1800)]
    with django_assert_max_num_queries(3):
        assert do_not_call.listed([*numbers, NUMBER]) == {NUMBER}


def test_staff_add_a_number_as_people_write_it_and_take_it_off_with_a_reason(client):
    client.post(reverse("admin:common_donotcallnumber_add"), {"number": "0033 1 99 00 12 34", "reason": "asked"})
    entry = DoNotCallNumber.objects.get()
    assert (entry.number, entry.added_by.username) == (NUMBER, "ann")
    again = client.post(reverse("admin:common_donotcallnumber_add"), {"number": NUMBER})
    assert "It is on the list already" in text_of(again)
    url = reverse("admin:common_donotcallnumber_act", args=[entry.pk])
    client.post(url, {"action": "take_off"})
    assert do_not_call.listed([NUMBER])
    client.post(url, {"action": "take_off", "reason": "a mistake"})
    assert not do_not_call.listed([NUMBER])
    client.post(reverse("admin:common_donotcallnumber_add"), {"number": NUMBER, "reason": "asked again"})
    assert do_not_call.entry_of(NUMBER).reason == "asked again"


def test_pasted_numbers_are_looked_over_before_they_are_added(client):
    add(OTHER)
    lines = f"{NUMBER}\n\n{OTHER}\n1.81856E+10\n{NUMBER}"
    client.post(reverse("admin:common_donotcallnumber_paste"), {"numbers": lines, "reason": "a fair"})
    run = Run.objects.get()
    working.work()
    states = list(run.rows.order_by("number").values_list("state", flat=True))
    assert states == [RunRow.State.READY, RunRow.State.SAME, RunRow.State.BAD, RunRow.State.SAME]
    run.refresh_from_db()
    runs.start(run, user=run.requested_by, shown=runs.digest(run), included=[])
    working.work()
    assert do_not_call.listed([NUMBER, OTHER]) == {NUMBER, OTHER}
    entry = do_not_call.entry_of(NUMBER)
    assert (entry.reason, entry.changes.get().history_user) == ("a fair", run.requested_by)


def test_the_list_is_searched_by_part_of_a_number_and_goes_out_as_it_is_shown(client):
    add()
    add("+12025550123")
    assert "1 do-not-call number" in text_of(client.get(LIST, {"q": "555 01"}))
    file = b"".join(client.get(f"{LIST}export/csv/?q=55501").streaming_content).decode()
    assert "+12025550123" in file
    assert NUMBER not in file


def test_who_may_only_look_adds_nothing(client):
    client.force_login(make_person("olga", APPROVERS))
    assert client.get(LIST).status_code == 200
    assert client.post(reverse("admin:common_donotcallnumber_paste"), {"numbers": NUMBER}).status_code == 403
    add()
    url = reverse("admin:common_donotcallnumber_act", args=[DoNotCallNumber.objects.get().pk])
    assert client.post(url, {"action": "take_off", "reason": "x"}).status_code == 403
