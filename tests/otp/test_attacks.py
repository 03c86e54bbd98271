"""What a lying provider or a hostile request tried, and got nowhere with."""

import json
import threading
from uuid import uuid4

import pytest
from django.db import connections

from otp import models, placeholders, services
from otp.forms import OtpAppForm
from otp.models import OtpApp, Sender
from tests.common.factories import make_person
from tests.contributors.factories import signed_in
from tests.otp.factories import VALUES, make_account
from tests.otp.test_test_codes import PHONE, State, everything_kept
from tests.remote.rawserver import RawServer
from voicehub.common.roles import STAFF
from voicehub.remote import wire
from voicehub.sync import lanes, queue
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, JobState, SyncJob

pytestmark = pytest.mark.django_db

LIST = "/admin/otp/otpapp/"
ID = "0a576ef0-8b3e"
SENT = {"app_id": ID, "cost": 15, "status": "sent", "created_at": "2024-05-03T09:17:44.000000Z"}


@pytest.fixture
def says(db, settings):
    """An Ourvoice that gives one answer to whatever it is asked."""
    servers = []

    def says(document, *headers):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""])
        servers.append(RawServer(lambda peer: peer.answer(head.encode() + body)))
        settings.OURVOICE_BASE_URL = servers[-1].url
        settings.OURVOICE_API_KEY = "1|key"
        lanes.ensure_lanes()
        return services.account()

    yield says
    wire.close_kept_connections()
    for server in servers:
        server.stop()


@pytest.fixture
def sam(db):
    return make_person("sam", STAFF)


@pytest.fixture
def send(says, sam):
    """A test code, to which Ourvoice answers so."""

    def send(document, *headers):
        app = OtpApp(connection=says(document, *headers), remote_id=ID, **VALUES)
        app.save_as_told("For a test.")
        code = services.send_test_code(app, PHONE, confirmation=uuid4(), user=sam)
        drain_inline()
        code.refresh_from_db()
        return code

    return send


@pytest.mark.parametrize(
    "said",
    ["97531864", "975 318 64", "97-53-18-64", "9 7 5 3 1 8 6 4", "9\u00a07\u200b5, 3", "\u0669\u0667\u0665\u0663"],
)
def test_a_code_is_kept_from_no_place_of_an_answer_however_it_is_written(send, caplog, said):
    hidden = {"a": [{"b": f"Votre code est {said}."}], "status": f"sent {said}"}
    code = send({"data": SENT | hidden}, f"X-Sent: {said.encode('ascii', 'replace').decode()}")
    assert code.state == State.DONE
    kept = everything_kept() + caplog.text
    assert said not in kept
    assert json.dumps(said)[1:-1] not in kept
    assert f'"app_id": "{ID}", "cost": 15' in Exchange.objects.get().response_body
    assert "2024-05-03T" in Exchange.objects.get().response_body


@pytest.mark.parametrize(
    "told",
    [
        {"app_id": None, "send_to": None},
        {"app_id": "another", "send_to": "2290167153974", "status": "sent"},
        {"app_id": ID, "status": "Failed"},
    ],
)
def test_an_answer_that_tells_of_no_code_of_the_app_is_not_taken_for_one(send, told):
    assert send({"data": told}).state == State.UNCERTAIN


def test_a_code_that_was_sent_counts_whatever_characters_come_with_it(send):
    code = send(b'{"data":{"app_id":"%s","status":"se\\ud800nt","note":"\\u0000\\udfff"}}' % ID.encode())
    assert (code.state, code.provider_status) == (State.DONE, "se?nt")


def test_a_list_with_half_a_character_in_it_is_taken_in(says):
    app = {"id": "a\ud800", "name": "b\udfff", "sender_id": "c", "message_template": "\U0001f600", "code_size": 6}
    queue.pull(OtpApp, says({"data": [app]}))
    drain_inline()
    assert SyncJob.objects.get().state == JobState.DONE
    known = OtpApp.objects.get()
    assert (known.remote_id, known.name, known.message_template) == ("a?", "b?", "\U0001f600")


@pytest.mark.parametrize(
    ("template", "old", "new", "after"),
    [
        ("Votre code pour code: [code] {{code}}", "code", "Till", "Votre Till pour Till: [code] {{code}}"),
        ("e: [app_name], entre: {{code}}", "e", "Till", "Till: [app_name], entre: {{code}}"),
        ("GOLDEN 2 and GOLDEN", "GOLDEN", "GOLDEN 2", "GOLDEN 2 and GOLDEN 2"),
        ("GOLDEN 2 and GOLDEN", "GOLDEN 2", "GOLDEN", "GOLDEN and GOLDEN"),
        ("(x) [code]", "(x)", r"\1", r"\1 [code]"),
    ],
)
def test_a_new_name_changes_the_name_in_a_template_and_nothing_else(template, old, new, after):
    assert placeholders.renamed(template, old, new) == after
    assert not placeholders.names("[code] entre", "e")
    assert not placeholders.names("[code]", "")


def test_a_sender_of_an_account_that_is_not_connected_any_more_is_not_offered(settings):
    settings.OURVOICE_API_KEY = "1|key"
    Sender.objects.create(connection=services.account(), remote_id="old", name="Old")
    settings.OURVOICE_ACCOUNT = "another"
    Sender.objects.create(connection=services.account(), remote_id="new", name="New")
    offered = dict(OtpAppForm().fields["sender_id"].widget.choices)
    assert ("new" in offered, "old" in offered) == (True, False)


def test_an_id_of_any_length_is_looked_up(sam):
    typed = {"name": "Till", "code_size": "6", "message_template": "[code]", "app": "9" * 5000}
    assert signed_in(sam).post(f"{LIST}check-template/", typed).status_code == 200


def test_all_pages_of_a_list_are_chosen_by_its_address_which_stays_short(sam):
    account = make_account()
    for number in range(30):
        OtpApp(connection=account, remote_id=str(number), **VALUES | {"name": f"Till {number}"}).save_as_told("x")
    OtpApp(connection=account, remote_id="shop", **VALUES | {"name": "Shop"}).save_as_told("x")
    chosen = {"action": "edit_selected", "select_across": "1", "_selected_action": [OtpApp.objects.latest("pk").pk]}
    client = signed_in(sam)
    answer = client.post(f"{LIST}?q=Till", chosen)
    assert answer["Location"] == f"{LIST}edit-many/?q=Till"
    assert "Change 30 OTP apps" in client.get(answer["Location"]).content.decode()


def at_once(*deeds):
    """What comes of deeds that begin at the same moment."""
    barrier, results = threading.Barrier(len(deeds)), []

    def run(deed):
        try:
            barrier.wait()
            results.append(deed())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_presses_at_once_send_the_last_code_of_the_day_and_none_is_told_that_it_is_too_much(settings, sam):
    settings.OURVOICE_API_KEY = "1|key"
    settings.TEST_CODE_DAILY_NUMBER_PER_PERSON = 1
    lanes.ensure_lanes()
    app = OtpApp(connection=services.account(), remote_id=ID, **VALUES)
    app.save_as_told("For a test.")
    confirmation = uuid4()
    codes = at_once(*[lambda: services.send_test_code(app, PHONE, confirmation=confirmation, user=sam)] * 3)
    assert [code.pk for code in codes] == [models.TestCode.objects.get().pk] * 3


@pytest.mark.django_db(transaction=True)
def test_presses_at_once_make_one_app_of_a_name(settings, sam):
    settings.OURVOICE_API_KEY = "1|key"
    lanes.ensure_lanes()
    services.account()
    pages = [signed_in(sam).post for _tab in range(3)]
    answers = at_once(*[lambda post=post: post(f"{LIST}add/", VALUES | {"name": "Shop"}) for post in pages])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 302]
    assert OtpApp.objects.get().name == "Shop"
