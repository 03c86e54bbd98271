"""What was stamped before a call survives a power loss."""

import pytest
from django.db import connection

from voicehub.sync.claim import claim


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's own default is as strict")
@pytest.mark.django_db(transaction=True)
def test_the_connection_that_stamps_waits_for_the_disk(make_ping):
    make_ping()
    (work,) = claim("pings", "a drain").work
    pragmas = {}
    with connection.cursor() as cursor:
        for name in ("synchronous", "journal_mode", "foreign_keys"):
            cursor.execute(f"PRAGMA {name}")
            pragmas[name] = cursor.fetchone()[0]
    full = 2
    assert work.job.state == "sending"
    assert pragmas == {"synchronous": full, "journal_mode": "wal", "foreign_keys": 1}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
