"""Two hundred payments from a file, through the browser, while answers get lost and a worker is killed."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import desk
from tests.journeys.program import Program, Sandbox

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

HEADINGS = "Contributor,Id at OutVoice,Amount,Currency,Article address,Article title"
PEOPLE = ("Steve Rogers", "Tony Stark", "Natasha Romanov", "Amara Okafor", "Priya Raman", "Lukas Novák")
GOOD, BAD, DOUBLE = 187, 10, 3
PATIENCE = 120_000


def good_line(number: int) -> str:
    amount = Decimal("3.00") + Decimal(number) / 100
    return f"{PEOPLE[number % 6]},,{amount},USD,https://example.org/batch-{number},Batch {number}"


BAD_LINES = (
    "Nobody Atall,,20,USD,https://example.org/x,X",
    "Maria Jansen,,20,USD,https://example.org/x,X",
    ",999,20,USD,https://example.org/x,X",
    "Tony Stark,1,20,USD,https://example.org/x,X",
    "Tony Stark,,twenty,USD,https://example.org/x,X",
    "Tony Stark,,0.29,USD,https://example.org/x,X",
    "Tony Stark,,20.155,USD,https://example.org/x,X",
    "Tony Stark,,20,EUR,https://example.org/x,X",
    "Tony Stark,,20,USD,nowhere,X",
    "Tony Stark,,20,USD,https://example.org/x,",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = [good_line(number) for number in range(GOOD)]
    path = tmp_path / "november.csv"
    path.write_text("\n".join([HEADINGS, *lines[:100], *BAD_LINES, *lines[100:], *lines[:DOUBLE]]) + "\n")
    return path


def upload(page: Page, file: Path) -> None:
    page.goto("/admin/contributors/transaction/pay/")
    page.get_by_role("link", name="Pay from a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible(timeout=PATIENCE)


def rows_of(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("link", name="These lines as CSV").click()
    return list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))


def figure(page: Page, name: str) -> Decimal:
    """A sum of the run's page; nought when it is not shown."""
    place = page.locator("dl div").filter(has=page.get_by_text(name, exact=True))
    return Decimal(place.locator("dd").inner_text().split()[0]) if place.count() else Decimal()


def test_a_batch_of_two_hundred_accounts_for_every_line_to_the_cent(
    page: Page, program: Program, sandbox: Sandbox, file: Path
) -> None:
    desk.sign_in(page, "editor")
    upload(page, file)
    expect(page.get_by_text("200 lines: 10 cannot be used, 3 left out, 187 ready.")).to_be_visible()
    total = sum((Decimal("3.00") + Decimal(number) / 100 for number in range(GOOD)), Decimal())
    start = page.get_by_role("button", name=f"Pay {total} USD (187 payments)")

    sandbox.dial("cut-after", count=2)
    sandbox.dial("slow", count=40, value=0.3)
    start.click()
    expect(page.get_by_text("Started.")).to_be_visible()
    program.kill_a_worker_in_mid_call()
    page.reload()
    expect(page.locator(".vh-panel-head .vh-state")).to_contain_text("Needs somebody", timeout=PATIENCE)

    rows = rows_of(page)
    states = Counter(row["State"] for row in rows)
    assert len(rows) == 200
    assert (states["Cannot be used"], states["Left out"]) == (BAD, DOUBLE)
    assert states["Paid"] + states["Uncertain"] == GOOD
    assert 2 <= states["Uncertain"] <= 2 + 2 * 8
    booked = Counter((row["title"], row["cents"]) for row in sandbox.ledger() if row["title"].startswith("Batch "))
    assert set(booked.values()) == {1}
    for row in rows:
        key = (row["Article title"], int(Decimal(row["Amount"]) * 100)) if row["State"] == "Paid" else None
        assert key is None or booked[key] == 1
    paid = sum((Decimal(row["Amount"]) for row in rows if row["State"] == "Paid"), Decimal())
    assert figure(page, "Paid") == paid
    assert paid + figure(page, "May have been paid") == total
    expect(page.get_by_role("button", name="Again for those that did not go through")).to_have_count(0)


def test_a_payment_is_taken_back_while_the_page_counts_down(new_context, sandbox: Sandbox) -> None:
    page: Page = new_context().new_page()
    desk.sign_in(page, "editor")
    desk.pay(page, "Never mind", ("Bram de Wit", "20"))
    expect(page.locator("[data-seconds]")).to_be_visible()
    desk.order_line(page, "Bram de Wit").get_by_role("button", name="Cancel").click()
    expect(desk.order_line(page, "Bram de Wit")).to_contain_text("Cancelled")
    page.wait_for_timeout(3000)
    assert sandbox.booked("Never mind") == []


def test_an_editor_pays_through_an_account_of_their_own(new_context, sandbox: Sandbox) -> None:
    context: BrowserContext = new_context()
    page = context.new_page()
    desk.sign_in(page, "editor")
    page.get_by_role("main").get_by_role("link", name="My OutVoice account").click()
    page.get_by_label("E-mail at OutVoice").fill("writer@example.org")
    page.get_by_label("Password at OutVoice").fill("sandbox")
    page.get_by_role("button", name="Sign in at OutVoice").click()
    expect(page.get_by_text("Connected: this is the account of Maria Hill")).to_be_visible()
    page.goto("/admin/contributors/contributor/")
    expect(page.get_by_text("3 new contributors")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Phil Coulson")).to_be_visible()
    desk.pay(page, "In my own name", ("Phil Coulson", "20"))
    expect(desk.order_line(page, "Phil Coulson")).to_contain_text("Paid")
    expect(page.get_by_role("main")).to_contain_text("Maria Hill")
    page.goto("/admin/contributors/contributor/account/own/")
    page.get_by_role("link", name="Disconnect").click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("You have not connected an account of your own.")).to_be_visible()
