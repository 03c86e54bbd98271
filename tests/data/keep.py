"""Makes the data that upgrade tests start from: a demo installation in which payments ended in every state.

    python -m tests.data.keep first

writes tests/data/first/voicehub.sqlite3.gz. What is kept there once is never made anew: it is what users of that
version have.
"""

import gzip
import sqlite3
import sys
from pathlib import Path

from tests.faults.installation import installation

FOLDER = Path(__file__).parent
FAULTS = [None, None, "refuse", "cut-after", "cut-after", "receipt-times-100"]


def fill(sandbox):
    """Payments: paid, refused, uncertain, settled, with a doubtful receipt and a line on hold, waiting, a draft."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from contributors import services
    from contributors.models import Contributor
    from tests.contributors.factories import make_order
    from voicehub.sync.engine import drain_inline
    from voicehub.sync.models import Settlement

    call_command("seed_demo")
    editor, admin = (get_user_model().objects.get(username=name) for name in ("editor", "admin"))
    steve, tony = (Contributor.objects.get(name=name) for name in ("Steve Rogers", "Tony Stark"))
    orders = []
    for number, fault in enumerate([*FAULTS, "waiting", "draft"]):
        article = {"url": f"https://example.org/{number}", "title": f"Story {number}"}
        order = make_order(editor, [(steve, "20"), (tony, "20.15")], **article)
        orders.append(order)
        if fault == "draft":
            continue
        services.preview(order)
        services.confirm(order, user=editor, lines_shown=services.digest(order))
        if fault == "waiting":
            continue
        if fault:
            sandbox.fault("outvoice", "transaction", fault)
        drain_inline()
    settled = orders[FAULTS.index("cut-after")].lines.order_by("id").first()
    services.settle(settled, finding=Settlement.Finding.THERE, looked_at="OutVoice, Payments", note="", user=admin)


def keep(name):
    from django.db import connection

    target = FOLDER / name
    target.mkdir(exist_ok=True)
    whole = target / "voicehub.sqlite3"
    connection.close()
    with sqlite3.connect(connection.settings_dict["NAME"]) as database:
        database.execute("DELETE FROM sync_oauthtoken")
        database.execute("DELETE FROM django_session")
        database.commit()
        database.execute("VACUUM INTO ?", [str(whole)])
    with gzip.GzipFile(f"{whole}.gz", "wb", mtime=0) as kept:
        kept.write(whole.read_bytes())
    whole.unlink()


if __name__ == "__main__":
    with installation() as the_sandbox:
        fill(the_sandbox)
        keep(sys.argv[1])
