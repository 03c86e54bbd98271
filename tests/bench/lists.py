"""The list of payments with a million rows beside the same list with a thousand: time and queries of a page.

The ledger of a month and the page of a contributor add up what they show: their time grows with that, not with the
table. Their times are printed beside the number of payments that they add up.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

from tests.bench.sync import installation

# How many times as long as in the small table a page may take, and how many queries any page may use.
LIMITS = {"first": 1.5, "filter": 1.5, "search": 4.0, "last": 4.0, "queries": 12}
# Milliseconds for pages that add up: a month of the ledger, and all that one contributor was ever paid.
SUM_LIMITS = {"ledger": 1000, "contributor": 1000, "queries": 25}
CONTRIBUTORS = 2_000
# One in so many payments goes to the same person, whose page is looked at.
SHARE_OF_ONE = 10
STATES = ("paid", "paid", "paid", "paid", "paid", "paid", "refused", "expired", "cancelled", "uncertain")


def fill(rows):
    """Payments of a few years, by plain SQL: a million saves would measure something else."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from contributors.models import Contributor, PaymentOrder, Transaction
    from voicehub.sync.models import Connection

    person, _made = get_user_model().objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    account, _made = Connection.objects.get_or_create(provider="outvoice", base_url="http://127.0.0.1:1", account="b")
    if not Contributor.objects.exists():
        Contributor.objects.bulk_create(
            Contributor(connection=account, remote_id=str(number), name=f"Person {number}")
            for number in range(CONTRIBUTORS)
        )
    order = PaymentOrder.objects.create(
        connection=account, url="https://example.org/", title="x", currency="USD", requested_by=person
    )
    first, done = Contributor.objects.order_by("pk").first().pk, Transaction.objects.count()
    states = "CASE n % 10 " + " ".join(f"WHEN {place} THEN '{state}'" for place, state in enumerate(STATES)) + " END"
    payee = f"CASE n % {SHARE_OF_ONE} WHEN 0 THEN 0 ELSE n % {CONTRIBUTORS} END"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO contributors_transaction (order_id, connection_id, contributor_id, contributor_name, amount,
                currency, url, title, state, message, receipt, receipt_mismatch, requested_by_id, created_at, paid_at)
            SELECT {order.pk}, {account.pk}, {first} + {payee}, 'Person ' || ({payee}),
                1 + n % 400, 'USD', 'https://example.org/story-' || n, 'Story number ' || n, {states}, '', '', '',
                {person.pk}, {days_ago("n % 1500")}, {days_ago("n % 1500")}
            FROM ({numbers(done + 1, rows)}) AS numbers
            """
        )
        # What PostgreSQL does by itself soon after such an import.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return person


def numbers(first, last):
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"SELECT n FROM generate_series({first}, {last}) AS n"
    count = f"SELECT {first} UNION ALL SELECT n + 1 FROM count WHERE n < {last}"
    return f"WITH RECURSIVE count(n) AS ({count}) SELECT n FROM count"


def days_ago(days):
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"now() - ({days}) * interval '1 day'"
    return f"datetime('now', '-' || ({days}) || ' days')"


def pages(rows):
    """The pages that are looked at; the search is for one payment in the middle of the table."""
    last = min(rows, 10_000) // 25
    return {
        "first": {},
        "filter": {"state": "refused"},
        "search": {"q": f"Story number {rows // 2 + 7}"},
        "last": {"p": last},
    }


def page_times(client, rows):
    """Milliseconds of each page, once."""
    from django.urls import reverse

    address = reverse("admin:contributors_transaction_changelist")
    times = {}
    for name, query in pages(rows).items():
        started = time.perf_counter()
        answer = client.get(address, query)
        times[name] = 1000 * (time.perf_counter() - started)
        if answer.status_code != 200:
            raise SystemExit(f"{name}: {answer.status_code}")
    return times


def sum_pages():
    """The pages that add up, and how many payments each has to look at."""
    from django.urls import reverse
    from django.utils import timezone

    from contributors.ledger import Month
    from contributors.models import Contributor, Transaction

    month, one = Month.of(timezone.now()).moved(-2), Contributor.objects.order_by("pk").first()
    payments = Transaction.objects
    return {
        "ledger": (
            f"{reverse('admin:contributors_transaction_ledger')}?month={month}",
            payments.filter(month.within("paid_at")).count(),
        ),
        "contributor": (
            reverse("admin:contributors_contributor_change", args=[one.pk]),
            payments.filter(contributor=one).count(),
        ),
    }


def sum_figures(client):
    """Each page that adds up: milliseconds (the best of five), queries, and the payments it adds up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    figures = {}
    for name, (address, count) in sum_pages().items():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        # The next request forgets them.
        asked = len(queries)
        times = []
        for _round in range(5):
            started = time.perf_counter()
            client.get(address)
            times.append(1000 * (time.perf_counter() - started))
        figures[name] = {"ms": round(min(times), 1), "queries": asked, "payments": count}
    return figures


def page_queries(client, rows):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    address = reverse("admin:contributors_transaction_changelist")
    counts = {}
    for name, query in pages(rows).items():
        with CaptureQueriesContext(connection) as queries:
            client.get(address, query)
        counts[name] = len(queries)
    return counts


def serve(rows):
    """In a process with a table of its own: answer each line on standard input with a round of page times."""
    with installation():
        from django.conf import settings
        from django.test import Client

        settings.ALLOWED_HOSTS = ["testserver"]
        client = Client()
        client.force_login(fill(rows), backend="voicehub.common.backends.ModeBackend")
        page_times(client, rows)
        print(json.dumps(page_queries(client, rows)), flush=True)
        print(json.dumps(sum_figures(client)), flush=True)
        for _line in sys.stdin:
            print(json.dumps(page_times(client, rows)), flush=True)


class Table:
    """A table of so many rows in a process (and, on PostgreSQL, a database) of its own."""

    def __init__(self, rows):
        command = [sys.executable, "-m", "tests.bench.lists", "--serve", str(rows)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=own_database(rows)
        )

    def queries(self):
        return json.loads(self.process.stdout.readline())

    def sums(self):
        return json.loads(self.process.stdout.readline())

    def times(self):
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def own_database(rows):
    """The environment of a table's process: beside DATABASE_URL, a database named after the number of rows."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return dict(os.environ)
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS bench_lists_{rows}")
        connection.execute(f"CREATE DATABASE bench_lists_{rows}")
    parts = urlsplit(url)
    return {**os.environ, "DATABASE_URL": urlunsplit(parts._replace(path=f"/bench_lists_{rows}"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--serve", type=int, metavar="ROWS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    large, small = Table(options.rows), Table(1_000)
    queries = max(*large.queries().values(), *small.queries().values())
    sums = {"small": small.sums(), "large": large.sums()}
    rounds = [(small.times(), large.times()) for _round in range(options.repeat)]
    for table in (small, large):
        table.stop()
    ratios = {
        name: round(statistics.median(big[name] / few[name] for few, big in rounds), 2) for name in rounds[0][0]
    }
    print(
        json.dumps(
            {
                "database": "postgresql" if os.environ.get("DATABASE_URL") else "sqlite",
                "rows": options.rows,
                "small_ms": middle(few for few, _big in rounds),
                "large_ms": middle(big for _few, big in rounds),
                "ratios": ratios,
                "queries": queries,
                "sums": sums,
                "limits": {**LIMITS, "sums": SUM_LIMITS},
                "kept": all(ratios[name] <= LIMITS[name] for name in ratios)
                and queries <= LIMITS["queries"]
                and all(are_sums_kept(figures) for figures in sums.values()),
            }
        )
    )


def are_sums_kept(figures):
    return all(
        figure["ms"] <= SUM_LIMITS[name] and figure["queries"] <= SUM_LIMITS["queries"]
        for name, figure in figures.items()
    )


def middle(rounds):
    rounds = list(rounds)
    return {name: round(statistics.median(figures[name] for figures in rounds), 2) for name in rounds[0]}


if __name__ == "__main__":
    main()
