"""Recipients from a CSV, from the upload until each is saved, beside phonenumbers telling the same about them."""

import random
import statistics
import time
import tracemalloc

# Rows a second beside phonenumbers alone; memory of all the numbers beside that of a tenth.
LIMITS = {"beside_phonenumbers": 0.5, "memory_ratio": 1.5}
AREAS = ("201", "212", "213", "305", "312", "404", "415", "617", "713", "818")
NAMES = ("Ann Archer", "Bob Baker", "Cy Cooper", "Dee Draper")


def make_campaign():
    """A person, and a function that makes drafts of theirs."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from campaigns.models import Campaign, Menu
    from voicehub.sync.models import Connection

    people = get_user_model().objects
    person = people.filter(username="campaigns").first() or people.create_superuser("campaigns")
    account, _made = Connection.objects.get_or_create(
        provider="voiceshot", base_url="http://127.0.0.1:1", account="b", defaults={"connected_at": timezone.now()}
    )
    menu = Menu.objects.first() or Menu(connection=account, menuid="1-1234", name="Bench", caller_id="+18185550199")
    menu.save()
    return person, lambda: Campaign.objects.create(connection=account, name="Bench", menu=menu, created_by=person)


def some_numbers(count):
    """Different numbers, as a list of customers of some cities has them."""
    generator = random.Random(count)
    made = set()
    while len(made) < count:
        exchange, last = generator.randrange(200, 1000), generator.randrange(10_000)
        made.add(f"({generator.choice(AREAS)}) {exchange}-{last:04}")
    return list(made)


def content(numbers):
    lines = (f"{number},{NAMES[place % len(NAMES)]}" for place, number in enumerate(numbers))
    return "\n".join(["Phone,Name", *lines]).encode()


def imported(campaign, person, file):
    """Upload, check, the preview's mark, the start, and every recipient saved."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from campaigns.services import importing
    from voicehub.common import runs
    from voicehub.common.models import Run
    from voicehub.common.runs import working

    run = importing.import_file(campaign, SimpleUploadedFile("bench.csv", file), user=person)
    while run.state == Run.State.CHECKING:
        working.work()
        run.refresh_from_db()
    runs.start(run, user=person, shown=runs.digest(run), knows_repeat=True)
    while run.state != Run.State.DONE:
        working.work()
        run.refresh_from_db()


def valid_alone(numbers):
    """Whether each is a number at all."""
    import phonenumbers

    for number in numbers:
        phonenumbers.is_valid_number(phonenumbers.parse(number, "US"))


def all_alone(numbers):
    """All that the import finds out about each: whether it is one, of which kind, in which zones, and its E.164."""
    import phonenumbers
    from phonenumbers.timezone import time_zones_for_number

    for number in numbers:
        parsed = phonenumbers.parse(number, "US")
        phonenumbers.is_valid_number(parsed)
        phonenumbers.number_type(parsed)
        time_zones_for_number(parsed)
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def seconds_of(act, *arguments):
    begin = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - begin


def peak_memory(campaign, person, count):
    """Megabytes beyond the file itself."""
    file = content(some_numbers(count))
    tracemalloc.start()
    imported(campaign, person, file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1_000_000, 2)


def measured(count, repeat):
    person, new_campaign = make_campaign()
    numbers = some_numbers(count)
    file, rounds = content(numbers), []
    for _round in range(repeat):
        campaign = new_campaign()
        bare = [seconds_of(ask, numbers) for ask in (all_alone, valid_alone)]
        rounds.append((*bare, seconds_of(imported, campaign, person, file)))
        if campaign.recipients.count() != count:
            raise SystemExit("Not every number has become a recipient.")
    memory = {lines: peak_memory(new_campaign(), person, lines) for lines in (count // 10, count)}
    found = {
        "beside_phonenumbers": round(statistics.median(all_of / took for all_of, _valid, took in rounds), 2),
        "memory_ratio": round(memory[count] / memory[count // 10], 2),
    }
    return {
        "numbers": count,
        "rows_a_second": round(count / statistics.median(took for _all, _valid, took in rounds)),
        "phonenumbers_a_second": round(count / statistics.median(all_of for all_of, _valid, _took in rounds)),
        "beside_is_valid_number": round(statistics.median(valid / took for _all, valid, took in rounds), 2),
        "memory_mb": memory,
        **found,
        "limits": LIMITS,
        "kept": found["beside_phonenumbers"] >= LIMITS["beside_phonenumbers"]
        and found["memory_ratio"] <= LIMITS["memory_ratio"],
    }
