"""Notices by e-mail, sent in the background: the urgent ones at once, the rest in a daily digest.

A mail is claimed before it is handed to the server, so that it is never sent twice. A server that does not take it
is asked again later, and shown in the inbox meanwhile; where nobody knows whether it took it, it is not sent again:
the notice itself stays.
"""

import logging
import smtplib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voicehub.common.models import Digest, MailTrouble, Notice, User
from voicehub.common.notices import MAIL_CHORE
from voicehub.sync.chores import Chore

log = logging.getLogger(__name__)

AT_ONCE_A_SLICE = 50
LONGEST_SUBJECT = 120
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
# Whether the server took the message is known in these cases: it did not.
NOT_TAKEN = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)


def is_due() -> bool:
    now = timezone.now()
    if MailTrouble.objects.filter(next_try_at__gt=now).exists():
        return False
    return _urgent(now).exists() or _without_digest(now).exists()


def send_due() -> None:
    """Send some of what is due; a server that cannot be reached is tried again later."""
    if not is_due():
        return
    server = get_connection()
    try:
        server.open()
    except Exception as error:
        _note_trouble(error)
        return
    try:
        now = timezone.now()
        for notice in _urgent(now).select_related("recipient")[:AT_ONCE_A_SLICE]:
            _mail(server, notice)
        for person in _without_digest(now)[:AT_ONCE_A_SLICE]:
            _digest(server, person, now)
    finally:
        server.close()


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
    return Notice.objects.filter(read_at=None, mail_at=None, mailed_at=None)


def _mail(server: Any, notice: Notice) -> None:
    claimed = Notice.objects.filter(pk=notice.pk, mail_at=notice.mail_at).update(
        mail_at=None, mailed_at=timezone.now()
    )
    if claimed and not _send(server, notice.recipient, notice.text, [notice]):
        Notice.objects.filter(pk=notice.pk).update(mail_at=_next_try(), mailed_at=None)


def _digest(server: Any, person: Any, now: datetime) -> None:
    digest, is_new = Digest.objects.get_or_create(recipient=person, day=now.date())
    if not is_new:
        return
    notices = list(_for_digest().filter(recipient=person).order_by("-repeated_at"))
    count = len(notices)
    subject = ngettext("%d notice for you", "%d notices for you", count) % count
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=now)
    if not _send(server, person, subject, notices):
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=None)
        digest.delete()


def _send(server: Any, person: Any, subject: str, notices: Sequence[Notice]) -> bool:
    """False when the server surely did not take it and may take it later."""
    message = EmailMessage(
        subject=f"VoiceHub: {' '.join(subject.split())}"[:LONGEST_SUBJECT],
        body=_body(person, notices),
        to=[person.email],
        connection=server,
    )
    try:
        message.send()
    except NOT_TAKEN as error:
        _note_trouble(error)
        return not _is_temporary(error)
    except Exception as error:
        _note_trouble(error)
        return True
    MailTrouble.objects.all().delete()
    return True


def _is_temporary(error: Exception) -> bool:
    codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else _codes_of(error)
    return all(400 <= code < 500 for code in codes)


def _codes_of(error: Any) -> Iterable[int]:
    return [code for code, _text in error.recipients.values()]


def _body(person: Any, notices: Sequence[Notice]) -> str:
    context = {"person": person, "notices": notices, "base": settings.PUBLIC_BASE_URL.rstrip("/")}
    return render_to_string("mail/notices.txt", context)


def _note_trouble(error: Exception) -> None:
    log.warning("Mail could not be sent: %s", type(error).__name__)
    row, is_new = MailTrouble.objects.get_or_create(
        pk=1, defaults={"reason": _reason(error), "next_try_at": timezone.now() + FIRST_WAIT}
    )
    if not is_new:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.failures, 10))
        MailTrouble.objects.filter(pk=1).update(
            reason=_reason(error), failures=row.failures + 1, next_try_at=timezone.now() + wait
        )


def _reason(error: Exception) -> str:
    """What the server said, without what we said to it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server does not accept the name and password in EMAIL_URL.")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _("The mail server refused the address of %(who)s.") % {"who": ", ".join(error.recipients)}
    if isinstance(error, smtplib.SMTPResponseException):
        return _("The mail server answered %(code)d.") % {"code": error.smtp_code}
    return _("The mail server in EMAIL_URL cannot be reached (%(what)s).") % {"what": type(error).__name__}


def _next_try() -> datetime:
    row = trouble()
    return row.next_try_at if row else timezone.now() + FIRST_WAIT
