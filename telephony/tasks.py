"""Asking Apidaze whether phones are signed in: account by account, spread out, the longest unasked first."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from telephony import services
from telephony.models import SipAccount
from telephony.services.sip import NOT_THERE
from telephony.sync.apidaze import APIDAZE
from voicehub.sync.accounts import account_by_key
from voicehub.sync.chores import Chore
from voicehub.sync.clock import database_now
from voicehub.sync.models import JobState, Lane, SyncJob
from voicehub.sync.models.job import Operation

MINUTE = timedelta(minutes=1)


def is_due() -> bool:
    return _room() > 0 and due_accounts().exists()


@transaction.atomic
def check_phones() -> None:
    """Queue a minute's worth of checks at the most, with pauses between them; one worker at a time counts them."""
    Lane.objects.select_for_update().get(pk=APIDAZE.slug)
    now, pause = database_now(), MINUTE / max(1, settings.APIDAZE_STATUS_PER_MINUTE)
    for place, account in enumerate(due_accounts()[: _room()]):
        services.check_phone(account, not_before=now + place * pause)


def due_accounts() -> Any:
    """The accounts that have not been asked about for APIDAZE_STATUS_SECONDS."""
    connection = account_by_key(APIDAZE)
    if connection is None or not connection.is_usable or not settings.APIDAZE_STATUS_SECONDS:
        return SipAccount.objects.none()
    long_ago = database_now() - timedelta(seconds=settings.APIDAZE_STATUS_SECONDS)
    there = SipAccount.objects.filter(connection=connection).exclude(remote_id="")
    there = there.exclude(sync_state__in=NOT_THERE)
    due = there.filter(Q(asked_at=None) | Q(asked_at__lt=long_ago))
    return due.order_by(F("asked_at").asc(nulls_first=True), "pk")


def _room() -> int:
    """How many more may be asked about now; none while earlier questions wait, for whatever reason."""
    since = database_now() - MINUTE
    overdue = SyncJob.objects.filter(provider=APIDAZE.slug, state=JobState.WAITING, due_at__lt=since)
    if overdue.filter(operation=Operation.LOOK).exists():
        return 0
    return max(0, settings.APIDAZE_STATUS_PER_MINUTE - SipAccount.objects.filter(asked_at__gt=since).count())


CHORE = Chore("sip-phones", is_due, check_phones)
