"""Notices by e-mail: once, at the right time, and what happens when the mail server does not play along."""

import smtplib
import threading

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import mail as outgoing
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.urls import reverse

from tests.common.factories import make_person
from voicehub.common import mail
from voicehub.common.models import Digest, MailTrouble, Notice, User
from voicehub.common.notices import Many, mark_read, notify
from voicehub.common.roles import ADMINS

NIGHT, MORNING, NEXT_MORNING = "2026-11-27T03:00:00Z", "2026-11-27T07:05:00Z", "2026-11-28T07:05:00Z"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db):
    return get_user_model().objects.create_user("ann", email="ann@example.org", first_name="Ann")


class BrokenBackend(BaseEmailBackend):
    """A mail server that does what its class is told."""

    at_open: Exception | None = None
    at_send: Exception | None = None
    sent: list = []

    def open(self):
        if self.at_open:
            raise self.at_open

    def send_messages(self, messages):
        if self.at_send:
            raise self.at_send
        self.sent += messages
        return len(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    monkeypatch.setattr(BrokenBackend, "sent", [])
    monkeypatch.setattr(BrokenBackend, "at_open", None)
    monkeypatch.setattr(BrokenBackend, "at_send", None)
    return BrokenBackend


def subjects():
    return [message.subject for message in outgoing.outbox]


def later(**duration):
    """The next try has come."""
    MailTrouble.objects.update(next_try_at="2026-01-01T00:00:00Z")
    Notice.objects.exclude(mail_at=None).update(mail_at="2026-01-01T00:00:00Z")


def test_what_is_urgent_is_mailed_at_once_and_once(ann):
    notify(ann, "Look at this", link="/admin/", is_urgent=True)
    mail.send_due()
    mail.send_due()
    assert subjects() == ["VoiceHub: Look at this"]
    assert outgoing.outbox[0].to == ["ann@example.org"]


def test_the_link_leads_to_the_installation(ann, settings):
    settings.PUBLIC_BASE_URL = "https://hub.example.org"
    notify(ann, "Look", link="/admin/common/notice/", is_urgent=True)
    mail.send_due()
    assert "https://hub.example.org/admin/common/notice/" in outgoing.outbox[0].body


def test_the_same_cause_again_is_not_mailed_again(ann):
    many = Many("%(count)d things", "/admin/")
    with time_machine.travel(NIGHT, tick=False):
        for _time in range(3):
            notify(ann, "One thing", cause="a.cause 1", is_urgent=True, many=many)
            mail.send_due()
    assert subjects() == ["VoiceHub: One thing"]
    assert Notice.objects.get().text == "3 things"


def test_what_was_read_before_it_was_mailed_is_not_mailed(ann):
    notify(ann, "Look", is_urgent=True)
    mark_read(Notice.objects.all())
    mail.send_due()
    assert subjects() == []


@pytest.mark.parametrize(("wish", "mails"), [("at_once", 1), ("daily", 0), ("never", 0)])
def test_people_choose_when_mail_comes(ann, wish, mails):
    User.objects.filter(pk=ann.pk).update(mail_wish=wish)
    ann.refresh_from_db()
    with time_machine.travel(NIGHT, tick=False):
        notify(ann, "Look", is_urgent=True)
        mail.send_due()
    assert len(outgoing.outbox) == mails


def test_the_rest_comes_once_a_day_in_one_mail(ann):
    with time_machine.travel(NIGHT, tick=False):
        notify(ann, "First")
        notify(ann, "Second")
        mail.send_due()
        assert subjects() == []
    with time_machine.travel(MORNING, tick=False):
        mail.send_due()
        notify(ann, "Third")
        mail.send_due()
    assert subjects() == ["VoiceHub: 2 notices for you"]
    assert "First" in outgoing.outbox[0].body
    assert "Second" in outgoing.outbox[0].body
    with time_machine.travel(NEXT_MORNING, tick=False):
        mail.send_due()
        mail.send_due()
    assert subjects() == ["VoiceHub: 2 notices for you", "VoiceHub: 1 notice for you"]


def test_nothing_new_means_no_digest(ann):
    with time_machine.travel(MORNING, tick=False):
        mail.send_due()
    assert subjects() == []
    assert not Digest.objects.exists()


def test_a_server_out_of_reach_is_shown_and_tried_again_without_loss(ann, server, client):
    server.at_open = ConnectionRefusedError()
    notify(ann, "Look", is_urgent=True)
    mail.send_due()
    admin = make_person("boss", ADMINS)
    client.force_login(admin)
    page = client.get(reverse("admin:index"), follow=True).content.decode()
    assert "E-mails are not going out" in page
    assert "EMAIL_URL" in page
    assert not mail.is_due()
    server.at_open = None
    later()
    mail.send_due()
    assert [message.subject for message in server.sent] == ["VoiceHub: Look"]
    assert mail.trouble() is None
    assert "E-mails are not going out" not in client.get(reverse("admin:index"), follow=True).content.decode()


def test_a_server_that_says_not_now_is_asked_again(ann, server):
    server.at_send = smtplib.SMTPDataError(451, b"later")
    notify(ann, "Look", is_urgent=True)
    mail.send_due()
    server.at_send = None
    later()
    mail.send_due()
    assert len(server.sent) == 1


def test_an_address_that_is_refused_for_good_is_told_to_those_who_keep_people_and_stops_nobody_else(ann, server):
    admin = make_person("boss", ADMINS)
    server.at_send = smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"nobody")})
    notify(ann, "Look", is_urgent=True)
    mail.send_due()
    assert mail.trouble() is None
    assert "refuses the e-mail address of Ann" in Notice.objects.get(recipient=admin).text
    assert not mail.is_due()


def test_a_connection_that_breaks_loses_none_of_the_mails_after_it(ann, server):
    others = [get_user_model().objects.create_user(f"p{n}", email=f"p{n}@example.org") for n in range(4)]
    notify([ann, *others], "Look", is_urgent=True)
    server.at_send = smtplib.SMTPServerDisconnected("in the middle")
    mail.send_due()
    server.at_send = None
    later()
    mail.send_due()
    assert len(server.sent) == 4


def test_a_refused_sender_loses_nothing_and_says_what_to_set_right(ann, server):
    server.at_send = smtplib.SMTPSenderRefused(553, b"unknown domain", "voicehub@localhost")
    notify(ann, "Look", is_urgent=True)
    mail.send_due()
    assert "EMAIL_FROM" in mail.trouble().reason
    server.at_send = None
    later()
    mail.send_due()
    assert len(server.sent) == 1


def test_what_came_up_again_after_its_mail_stands_in_the_next_digest(ann):
    many = Many("%(count)d things", "/admin/")
    with time_machine.travel(NIGHT, tick=False):
        notify(ann, "One thing", cause="a.cause 1", is_urgent=True, many=many)
        mail.send_due()
    with time_machine.travel("2026-11-27T05:00:00Z", tick=False):
        notify(ann, "One thing", cause="a.cause 1", is_urgent=True, many=many)
    with time_machine.travel(MORNING, tick=False):
        mail.send_due()
        mail.send_due()
    assert len(outgoing.outbox) == 2
    assert "2 things" in outgoing.outbox[1].body


def test_a_mail_that_may_have_been_taken_is_not_sent_again(ann, server):
    server.at_send = smtplib.SMTPServerDisconnected("in the middle")
    notify(ann, "Look", is_urgent=True)
    mail.send_due()
    server.at_send = None
    later()
    mail.send_due()
    assert server.sent == []
    assert mail.trouble() is not None
    assert Notice.objects.get().read_at is None


class KilledError(BaseException):
    """A worker that ends right there."""


def test_a_worker_killed_while_sending_does_not_send_twice(ann, server):
    server.at_send = KilledError()
    notify(ann, "Look", is_urgent=True)
    with pytest.raises(KilledError):
        mail.send_due()
    server.at_send = None
    mail.send_due()
    assert server.sent == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_mail_once(ann, server):
    notify(ann, "Look", is_urgent=True)
    together = threading.Barrier(2)

    def work():
        together.wait(10)
        try:
            mail.send_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.sent) == 1


def test_line_breaks_in_a_notice_do_not_become_headers(ann):
    notify(ann, "Look\r\nBcc: everybody@example.org", is_urgent=True)
    mail.send_due()
    assert outgoing.outbox[0].subject == "VoiceHub: Look Bcc: everybody@example.org"
    assert outgoing.outbox[0].recipients() == ["ann@example.org"]


def test_the_reason_shown_holds_no_password(ann, server):
    server.at_open = smtplib.SMTPAuthenticationError(535, b"bad: secret-marker")
    notify(ann, "Look", is_urgent=True)
    mail.send_due()
    assert "secret-marker" not in mail.trouble().reason


def test_without_an_address_nothing_is_sent(db):
    bob = get_user_model().objects.create_user("bob")
    notify(bob, "Look", is_urgent=True)
    mail.send_due()
    assert subjects() == []
    assert Notice.objects.get().recipient == bob
