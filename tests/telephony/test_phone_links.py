"""A phone's card and its set-up link: who may make it, what it answers, and when it is used up."""

import contextlib
import gzip
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.log import log_response
from lxml import etree

from telephony import services
from telephony.models import PhoneLink, SipAccount
from telephony.provisioning import LINPHONE, PhoneSettings, for_linphone, zoiper_link
from telephony.views.sip import qr_of
from tests.ageing import let_pass
from tests.contributors.factories import make_person, signed_in
from tests.telephony.test_pages import text_of
from tests.telephony.test_passwords import page
from voicehub.common.models import AuditEntry
from voicehub.common.roles import ADMINS, STAFF
from voicehub.sync.engine import drain_inline

pytestmark = pytest.mark.django_db

ANN = PhoneSettings("ann", 'Ann "A" \\ B\r\nreg_proxy=x', "vm.example.voip", "192.0.2.1:4060")


@contextmanager
def connections_kept():
    """A request that ends closes the connection to the database, and with it what the test has written."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Answer:
    """What a phone gets that reads at most `parts` of an answer; None: all of it."""

    def __init__(self, path, parts=None, method="GET", **environ):
        usual = {"REQUEST_METHOD": method, "PATH_INFO": path, "SERVER_NAME": "testserver", "SERVER_PORT": "80"}
        wsgi = {"wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "REMOTE_ADDR": "192.0.2.7"}
        self.environ = {**usual, **wsgi, **environ}
        with connections_kept():
            answer = WSGIHandler()(self.environ, lambda status, headers: self._begin(status, headers))
            self.body = b"".join(answer if parts is None else islice(answer, parts))
            answer.close()

    def _begin(self, status, headers):
        self.status, self.headers = int(status.split()[0]), dict(headers)


def entries(document):
    return {
        (section.get("name"), entry.get("name")): entry.text
        for section in etree.fromstring(document)
        for entry in section
    }


@pytest.fixture(autouse=True)
def no_calls_counted():
    cache.clear()


@pytest.fixture
def staff(db):
    return make_person("sam", STAFF)


@pytest.fixture
def client(apidaze, staff):
    return signed_in(staff)


@pytest.fixture
def link(ann, staff):
    """The path of a link to Ann's account."""
    return reverse("phone", args=[services.make_link(ann, reason="", user=staff).token])


def test_a_phone_gets_its_settings_once_and_that_is_written_down(apidaze, link):
    answer = Answer(link)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert "no-store" in answer.headers["Cache-Control"]
    told = entries(answer.body)
    domain = told["auth_info_0", "domain"]
    assert domain.endswith(".voip")
    assert told["auth_info_0", "passwd"] == apidaze.sip_accounts()["ann"]["password"]
    assert told["proxy_0", "reg_identity"] == f'"Ann" <sip:ann@{domain}>'
    assert told["proxy_0", "reg_route"] == "<sip:46.101.153.96:4060;lr>"
    assert told["misc", "transient_provisioning"] == "1"
    entry = AuditEntry.objects.get(action="sipaccount.link_used")
    assert (entry.object_label, entry.data) == ("ann", {"address": "192.0.2.7"})
    assert Answer(link).status == 404
    assert len(apidaze.calls("apidaze", "read-account")) == 1


def test_used_expired_unknown_and_broken_links_look_the_same(link, ann, staff):
    Answer(link)
    used = Answer(link)
    old = reverse("phone", args=[services.make_link(ann, reason="", user=staff).token])
    newer = reverse("phone", args=[services.make_link(ann, reason="", user=staff).token])
    ended = Answer(old)
    PhoneLink.objects.filter(served_at=None).update(expires_at="2026-01-01T00:00Z")
    answers = [used, ended, Answer(newer), Answer("/phone/nobody/"), Answer("/phone/%C3%A9%00/")]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert b"Ask whoever gave it" in used.body
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize("kind", ["error-before", "not-found", "no-sip", "html", "forbidden"])
def test_a_failure_of_the_provider_does_not_use_a_link_up(apidaze, link, kind):
    apidaze.fault("apidaze", "read-account", kind, count=9)
    failed = Answer(link)
    assert (failed.status, failed.headers["Retry-After"]) == (503, "60")
    assert b"The link still works" in failed.body
    apidaze.clear_faults()
    assert Answer(link).status == 200


def test_an_answer_that_was_not_taken_does_not_use_a_link_up(link):
    assert Answer(link, parts=0).status == 200
    assert Answer(link).status == 200


def test_a_compressed_answer_uses_a_link_up_as_well(link):
    answer = Answer(link, HTTP_ACCEPT_ENCODING="gzip")
    assert entries(gzip.decompress(answer.body))["auth_info_0", "username"] == "ann"
    assert Answer(link).status == 404


def test_looking_whether_it_is_there_does_not_use_a_link_up(apidaze, link):
    assert Answer(link, method="HEAD").status == 200
    assert Answer(link, method="POST").status == 405
    assert not apidaze.calls("apidaze", "read-account")
    assert Answer(link).status == 200


def test_of_two_phones_at_once_one_is_answered(link, staff):
    found = PhoneLink.objects.get()
    services.claim_link(found)
    assert Answer(link).status == 503
    services.end_claim(found, was_served=True)
    assert Answer(link).status == 404
    assert AuditEntry.objects.filter(action="sipaccount.link_used").count() == 1


def test_a_link_of_which_the_end_was_never_told_is_free_again_later(link):
    services.claim_link(PhoneLink.objects.get())
    PhoneLink.objects.update(claimed_until="2026-01-01T00:00Z")
    assert Answer(link).status == 200


def test_a_phone_whose_answer_took_too_long_gets_none_once_another_was_set_up(link):
    slow = PhoneLink.objects.get()
    services.claim_link(slow)
    PhoneLink.objects.update(claimed_until="2026-01-01T00:00Z")
    assert Answer(link).status == 200
    with pytest.raises(services.LinkBusyError):
        services.document_for(slow, "192.0.2.9")


def test_after_a_process_died_with_the_document_handed_over_only_the_same_phone_gets_it_again(link):
    dead = PhoneLink.objects.get()
    services.claim_link(dead)
    services.document_for(dead, "192.0.2.7")
    assert [Answer(link, REMOTE_ADDR=address).status for address in ("192.0.2.7", "192.0.2.8")] == [503, 503]
    PhoneLink.objects.update(claimed_until="2026-01-01T00:00Z")
    assert Answer(link, REMOTE_ADDR="192.0.2.8").status == 404
    assert Answer(link, REMOTE_ADDR="192.0.2.7").status == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_links_made_at_once_one_works(ann, staff):
    barrier = threading.Barrier(2)

    def make(_number):
        barrier.wait()
        with contextlib.closing(connection):
            services.make_link(ann, reason="", user=staff)

    with ThreadPoolExecutor() as threads:
        list(threads.map(make, range(2)))
    assert PhoneLink.objects.filter(expires_at__gt=timezone.now()).count() == 1


def test_a_link_dies_with_the_permission_of_its_maker(link, staff):
    staff.groups.clear()
    assert Answer(link).status == 404


def test_a_new_password_is_not_told_by_a_link_that_was_made_before(link, ann, work, staff):
    services.renew(ann, shown=0, reason="x", user=staff)
    assert Answer(link).status == 404
    work(rounds=2)
    assert Answer(link).status == 404


def test_too_many_tries_are_turned_away_for_a_minute(link):
    answers = [Answer("/phone/nobody/").status for _number in range(61)]
    assert answers == [404] * 60 + [429]
    assert Answer(link, REMOTE_ADDR="192.0.2.8").status == 200


def test_nobody_finds_the_token_in_the_request_or_in_a_log(link, caplog):
    token = link.split("/")[2]
    Answer(link, method="POST")
    answer = Answer(link, RAW_URI=link, REQUEST_URI=link)
    assert token not in str({name: text for name, text in answer.environ.items() if name != "wsgi.input"})
    assert not PhoneLink.objects.filter(digest__contains=token).exists()
    for name in ("gunicorn.access", "django.server", "django.request"):
        record = logging.makeLogRecord({"msg": "%(r)s", "args": {"r": f"GET {link}?x=1 HTTP/1.1"}})
        logging.getLogger(name).filter(record)
        assert record.getMessage() == "GET /phone/***/?x=1 HTTP/1.1"
    log_response("Not Found: %s", link, response=Client().get("/phone/x/"), request=None)
    assert token not in caplog.text


def test_at_the_native_door_the_link_has_a_new_password_made(native, compare):
    compare()
    ann, admin = SipAccount.objects.get(username="ann"), make_person("ada", ADMINS)
    before = native.sip_accounts()["ann"]["password"]
    link = reverse("phone", args=[services.make_link(ann, reason="", user=admin).token])
    assert native.sip_accounts()["ann"]["password"] == before
    told = entries(Answer(link).body)["auth_info_0", "passwd"]
    assert told == native.sip_accounts()["ann"]["password"] != before


def test_the_page_of_a_link_shows_it_once_as_a_code_and_is_not_stored(client, ann, settings):
    settings.PUBLIC_BASE_URL = "https://voicehub.example"
    response = client.post(page("make_link", ann), {"reason": "phone for Ann"})
    assert "no-store" in response["Cache-Control"]
    url = response.context["url"]
    assert "No phone can reach" not in text_of(response)
    assert urlsplit(url)._replace(path="").geturl() == "https://voicehub.example"
    assert str(qr_of(url)) in response.content.decode()
    assert client.get(page("make_link", ann)).status_code == 405
    assert AuditEntry.objects.get(action="sipaccount.link_made").reason == "phone for Ann"
    assert "No phone has used it" in text_of(client.get(page("phone", ann)))


@pytest.mark.parametrize("reason", ["for\0Ann", "x" * 501])
def test_a_reason_that_cannot_be_kept_makes_no_link(client, ann, reason):
    assert client.post(page("make_link", ann), {"reason": reason}).status_code == 302
    assert not PhoneLink.objects.exists()


def test_the_code_holds_the_link_black_on_white():
    drawn = etree.fromstring(str(qr_of("https://voicehub.example/phone/x/")))
    same = segno.make("https://voicehub.example/phone/x/", error="m")
    size = same.symbol_size(border=4)[0]
    assert drawn.get("viewBox") == f"0 0 {size} {size}"
    assert same.svg_inline(dark="#000", light="#fff", border=4, omitsize=True) == str(
        qr_of("https://voicehub.example/phone/x/")
    )
    assert {path.get("fill") or path.get("stroke") for path in drawn} == {"#fff", "#000"}


def test_a_name_cannot_add_settings_of_its_own():
    told = entries(for_linphone(ANN, 'p"<&\x01'))
    assert told["proxy_0", "reg_identity"] == '"Ann \\"A\\" \\\\ B reg_proxy=x" <sip:ann@vm.example.voip>'
    assert told["auth_info_0", "passwd"] == 'p"<&'
    assert etree.fromstring(for_linphone(ANN, "x")).nsmap == {None: LINPHONE}


def test_zoiper_is_told_everything_but_the_password(client, ann, settings):
    drain_inline()
    services.check_phone(ann)
    drain_inline()
    assert "Zoiper" not in text_of(client.get(page("phone", ann)))
    settings.APIDAZE_ZOIPER_PROVIDER_ID = "abc"
    assert "https://oem.zoiper.com/qr.php?provider_id=abc&u=ann" in text_of(client.get(page("phone", ann)))
    told = parse_qs(urlsplit(zoiper_link(ANN, "abc")).query, keep_blank_values=True)
    assert (told["u"], told["h"], told["o"], told["p"]) == (["ann"], ["vm.example.voip"], ["192.0.2.1:4060"], [""])


def test_the_card_says_where_the_domain_comes_from_until_it_is_known(client, ann):
    assert "not known yet" in text_of(client.get(page("phone", ann)))
    services.check_phone(ann)
    drain_inline()
    let_pass(minutes=1)
    assert ".voip" in text_of(client.get(page("phone", ann)))
