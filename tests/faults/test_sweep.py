"""The sweep itself is cut off: what it writes about one payment is written whole or not at all."""

import pytest
from django.db import connection

from contributors.models import Transaction
from tests.faults.installation import connect, pay_steve
from voicehub.sync.clock import database_now
from voicehub.sync.models import SyncJob
from voicehub.sync.sweep import free_lost_claims


class KilledError(BaseException):
    """Nothing handles it, as nothing handles a SIGKILL."""


def die_at_the_record(execute, sql, *arguments):
    if sql.startswith('UPDATE "contributors_transaction"'):
        raise KilledError
    return execute(sql, *arguments)


@pytest.fixture
def lost_payment(db, outvoice_sandbox):
    """A payment whose worker died in mid-call."""
    connect()
    payment = pay_steve("https://example.org/lost")
    payment_job(payment).update(state="sending", attempts=1, lease_until=database_now())
    Transaction._base_manager.filter(pk=payment.pk).update(state="sending")
    return payment


def payment_job(payment):
    return SyncJob.objects.filter(model="contributors.transaction", object_id=payment.pk)


def test_a_sweep_that_is_killed_half_way_leaves_the_payment_to_the_next_one(lost_payment):
    with pytest.raises(KilledError), connection.execute_wrapper(die_at_the_record):
        free_lost_claims()
    free_lost_claims()
    lost_payment.refresh_from_db()
    assert lost_payment.state == payment_job(lost_payment).get().state == "uncertain"
