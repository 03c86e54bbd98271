"""A file of payments from upload to preview, and carried out: beside a bare csv read and insert, and its memory."""

import argparse
import csv
import io
import json
import statistics
import time
import tracemalloc

from tests.bench.sync import installation

# From upload to preview: at most so many seconds for 5,000 lines; memory of 20,000 lines beside that of 1,000.
LIMITS = {"preview_seconds": 10.0, "memory_ratio": 2.0}
PEOPLE = 500


def make_world():
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from contributors.models import Contributor
    from contributors.sync import OUTVOICE
    from voicehub.sync.models import Connection

    person = get_user_model().objects.create_user("bench", is_staff=True, is_superuser=True)
    account = Connection.objects.create(
        provider="outvoice", base_url=OUTVOICE.base_url(), account="b", connected_at=timezone.now()
    )
    Contributor.objects.bulk_create(
        Contributor(connection=account, remote_id=str(number), name=f"Person {number}") for number in range(PEOPLE)
    )
    return person


def content(lines, mark):
    rows = ["Contributor,Amount,Currency,Article address,Article title"]
    rows += [
        f"Person {number % PEOPLE},{3 + number % 90}.15,USD,https://example.org/{mark}-{number},Story {mark} {number}"
        for number in range(lines)
    ]
    return "\n".join(rows).encode()


def uploaded(person, lines, mark):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from voicehub.common import runs
    from voicehub.common.models import Run
    from voicehub.common.runs import working

    file = SimpleUploadedFile("bench.csv", content(lines, mark))
    run = runs.upload(runs.kind_of("payments"), file, user=person)
    while run.state == Run.State.CHECKING:
        working.work()
        run.refresh_from_db()
    return run


def preview(person, lines, mark):
    """Seconds from the upload to the page that shows what would happen."""
    from django.test import Client

    client = Client()
    client.force_login(person, backend="voicehub.common.backends.ModeBackend")
    started = time.perf_counter()
    run = uploaded(person, lines, mark)
    answer = client.get(run.get_absolute_url())
    seconds = time.perf_counter() - started
    if answer.status_code != 200 or "What will happen" not in answer.content.decode():
        raise SystemExit("There was no preview.")
    return seconds, run


def carried_out(person, run):
    """Seconds until every line has its payment in the queue."""
    from voicehub.common import runs
    from voicehub.common.models import Run
    from voicehub.common.runs import working

    started = time.perf_counter()
    runs.start(run, user=person, shown=runs.digest(run))
    while run.state != Run.State.DONE:
        working.work()
        run.refresh_from_db()
    return time.perf_counter() - started


def bare(person, lines, mark):
    """The limit: the same lines read by csv and inserted, and nothing else."""
    from voicehub.common.models import Run, RunRow

    started = time.perf_counter()
    run = Run.objects.create(kind="bare", title="bare", requested_by=person)
    rows = csv.DictReader(io.StringIO(content(lines, mark).decode()))
    RunRow.objects.bulk_create(
        [RunRow(run=run, number=number, data=row) for number, row in enumerate(rows, start=2)], batch_size=500
    )
    return time.perf_counter() - started


def peak_memory(person, lines, mark):
    """Megabytes beyond what stood there before."""
    tracemalloc.start()
    uploaded(person, lines, mark)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1_000_000 - len(content(lines, mark)) / 1_000_000, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with installation():
        from django.conf import settings

        settings.ALLOWED_HOSTS, settings.PAYMENT_BATCH_MAX_ROWS = ["testserver"], 50_000
        person = make_world()
        rounds = []
        for number in range(options.repeat):
            limit = bare(person, options.lines, f"bare{number}")
            seconds, run = preview(person, options.lines, f"a{number}")
            rounds.append((limit, seconds, carried_out(person, run)))
        memory = {lines: peak_memory(person, lines, f"m{lines}") for lines in (1_000, 20_000)}
    preview_seconds = statistics.median(seconds for _limit, seconds, _carried in rounds)
    memory_ratio = round(memory[20_000] / memory[1_000], 2)
    print(
        json.dumps(
            {
                "lines": options.lines,
                "preview_seconds": round(preview_seconds, 2),
                "preview_beside_bare": round(statistics.median(s / limit for limit, s, _c in rounds), 1),
                "carried_out_lines_a_second": round(
                    options.lines / statistics.median(carried for _l, _s, carried in rounds)
                ),
                "memory_mb": memory,
                "memory_ratio": memory_ratio,
                "limits": LIMITS,
                "kept": preview_seconds <= LIMITS["preview_seconds"] and memory_ratio <= LIMITS["memory_ratio"],
            }
        )
    )


if __name__ == "__main__":
    main()
