"""Notices by e-mail, sent in the background: the urgent ones at once, the rest in a daily digest.

A mail is claimed before it is handed to the server, so that it is never sent twice. A server that does not take it
is asked again later, and shown in the inbox meanwhile; where nobody knows whether it took it, it is not sent again:
the notice itself stays.
"""

import logging
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voicehub.common.models import Digest, MailTrouble, Notice, User
from voicehub.common.notices import MAIL_CHORE, language_of, notify
from voicehub.sync.chores import Chore

log = logging.getLogger(__name__)

AT_ONCE_A_SLICE = 50
LONGEST_SUBJECT = 120
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
PEOPLE_KEEPERS = "common.manage_people"


class ServerTroubleError(Exception):
    """The server does not take mail now. `was_not_taken`: it surely did not take the message in hand."""

    def __init__(self, reason: str, *, was_not_taken: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.was_not_taken = was_not_taken


def is_set_up() -> bool:
    """True when EMAIL_URL names a server."""
    return not settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


def is_due() -> bool:
    now = timezone.now()
    if MailTrouble.objects.filter(next_try_at__gt=now).exists():
        return False
    return _urgent(now).exists() or _without_digest(now).exists()


def send_due() -> None:
    """Send some of what is due. At the first trouble with the server it ends, and tries again later."""
    if not is_due():
        return
    server = get_connection()
    try:
        server.open()
        _send_some(server, timezone.now())
    except ServerTroubleError as trouble:
        _note_trouble(trouble.reason)
    except Exception as error:
        _note_trouble(_reason(error))
    finally:
        server.close()


def _send_some(server: Any, now: datetime) -> None:
    for notice in _urgent(now).select_related("recipient")[:AT_ONCE_A_SLICE]:
        _mail(server, notice)
    for person in _without_digest(now)[:AT_ONCE_A_SLICE]:
        _digest(server, person, now)


CHORE = Chore(MAIL_CHORE, is_due, send_due)


def trouble() -> MailTrouble | None:
    """Why no mail goes out; None when all is well."""
    return MailTrouble.objects.first()


def _urgent(now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(mail_at__lte=now).order_by("mail_at")


def _without_digest(now: datetime) -> QuerySet[Any]:
    """People with something for today's digest, from its hour on."""
    people = get_user_model().objects.filter(is_active=True).exclude(email="").exclude(mail_wish=User.MailWish.NEVER)
    if now.hour < settings.DIGEST_HOUR:
        return people.none()
    had_it = Digest.objects.filter(recipient=OuterRef("pk"), day=now.date())
    return people.filter(Exists(_for_digest().filter(recipient=OuterRef("pk"))), ~Exists(had_it)).order_by("pk")


def _for_digest() -> QuerySet[Notice]:
    """What was never mailed, and what has come up again since."""
    is_news = Q(mailed_at=None) | Q(mailed_at__lt=F("repeated_at"))
    return Notice.objects.filter(is_news, read_at=None, mail_at=None)


def _mail(server: Any, notice: Notice) -> None:
    """Claim the notice, then send it; a notice that surely was not taken waits for the next try."""
    mine = Notice.objects.filter(pk=notice.pk)
    if not mine.filter(mail_at=notice.mail_at).update(mail_at=None, mailed_at=timezone.now()):
        return
    try:
        _send(server, notice.recipient, str(notice), [notice])
    except ServerTroubleError as trouble:
        if trouble.was_not_taken:
            mine.update(mail_at=notice.mail_at, mailed_at=None)
        raise


def _digest(server: Any, person: Any, now: datetime) -> None:
    digest, is_new = Digest.objects.get_or_create(recipient=person, day=now.date())
    if not is_new:
        return
    notices = list(_for_digest().filter(recipient=person).order_by("-repeated_at"))
    count = len(notices)
    with language_of(person):
        subject = ngettext("%d notice for you", "%d notices for you", count) % count
    try:
        _send(server, person, subject, notices)
    except ServerTroubleError as trouble:
        if trouble.was_not_taken:
            digest.delete()
            raise
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=timezone.now())


def _send(server: Any, person: Any, subject: str, notices: Sequence[Notice]) -> None:
    """Hand a mail to the server. Raises ServerTroubleError; an address that is refused for good is told instead."""
    message = EmailMessage(
        subject=f"VoiceHub: {' '.join(subject.split())}"[:LONGEST_SUBJECT],
        body=_body(person, notices),
        to=[person.email],
        connection=server,
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        if not _is_for_good(error):
            raise ServerTroubleError(_reason(error), was_not_taken=True) from error
        _tell_about_address(person)
    except smtplib.SMTPResponseException as error:
        raise ServerTroubleError(_reason(error), was_not_taken=True) from error
    except Exception as error:
        raise ServerTroubleError(_reason(error), was_not_taken=False) from error
    else:
        MailTrouble.objects.all().delete()


def _is_for_good(error: smtplib.SMTPRecipientsRefused) -> bool:
    return all(code >= 500 for code, _text in error.recipients.values())


def _tell_about_address(person: Any) -> None:
    words = {"who": person}

    def text() -> str:
        return _("The mail server refuses the e-mail address of %(who)s. Nothing reaches them by mail.") % words

    link = reverse("admin:common_user_change", args=[person.pk])
    notify(PEOPLE_KEEPERS, text, level=Notice.Level.WARNING, link=link, cause=f"mail.refused {person.pk}")


def _body(person: Any, notices: Sequence[Notice]) -> str:
    context = {"person": person, "notices": notices, "base": settings.PUBLIC_BASE_URL.rstrip("/")}
    with language_of(person):
        return render_to_string("mail/notices.txt", context)


def _note_trouble(reason: str) -> None:
    log.warning("Mail could not be sent: %s", reason)
    now = timezone.now()
    row, is_new = MailTrouble.objects.get_or_create(
        pk=1, defaults={"reason": reason, "next_try_at": now + FIRST_WAIT}
    )
    if not is_new:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.failures, 10))
        MailTrouble.objects.filter(pk=1).update(reason=reason, failures=row.failures + 1, next_try_at=now + wait)


def _reason(error: Exception) -> str:
    """What the server said, without what we said to it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server does not accept the name and password in EMAIL_URL.")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _("The mail server refuses the sender in EMAIL_FROM.")
    if isinstance(error, smtplib.SMTPResponseException):
        return _("The mail server answered %(code)d.") % {"code": error.smtp_code}
    return _("The mail server in EMAIL_URL cannot be reached (%(what)s).") % {"what": type(error).__name__}
