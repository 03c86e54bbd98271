"""Staff call two thousand people from a file, while answers get lost, a worker is killed and somebody pauses it."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.program import Program, Sandbox
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PATIENCE = 120_000
ALL, BAD, DOUBLE, UNWANTED = 2000, 60, 40, 25
GOOD = ALL - BAD - DOUBLE
CALLED = GOOD - UNWANTED
CAMPAIGNS = "/admin/campaigns/campaign/"


def number(place: int) -> str:
    return f"818556{place:04}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    good = [f"Person {place},{number(place)}" for place in range(GOOD)]
    bad = [f"Broken {place},1.8185{place}E+10" for place in range(BAD)]
    double = [f"Twice {place},+1 ({number(place)[:3]}) {number(place)[3:]}" for place in range(DOUBLE)]
    path = tmp_path / "customers.csv"
    path.write_text("\n".join(["Name,Phone", *good[:500], *bad, *good[500:], *double]) + "\n")
    return path


def put_on_the_list(page: Page) -> None:
    page.goto("/admin/common/donotcallnumber/paste/")
    page.locator("textarea").fill("\n".join(f"+1{number(place * 10)}" for place in range(UNWANTED)))
    page.get_by_role("button", name="Look them over").click()
    desk.wait_for(page, f"Carry out {UNWANTED} lines")
    page.get_by_role("button", name=f"Carry out {UNWANTED} lines").click()
    desk.wait_for(page, "Done")


def make_campaign(page: Page) -> None:
    page.goto(f"{CAMPAIGNS}add/")
    page.get_by_role("textbox", name="Name").fill("Spring reminder")
    page.get_by_label("Menu").select_option(label="Announcements (1-1234)")
    for day in ("Saturday", "Sunday"):
        page.get_by_label(day).check()
    page.get_by_role("textbox", name="From").fill("00:00")
    page.get_by_role("textbox", name="Until").fill("23:59")
    page.get_by_role("textbox", name="Words", exact=True).first.fill("Hello {name}. Your order is ready.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("Next: give it words and recipients.")).to_be_visible()
    assert not violations(page)


def add_recipients(page: Page, file: Path) -> None:
    page.get_by_role("link", name="Add recipients").first.click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look them over").click()
    add = page.get_by_role("button", name=f"Add {GOOD:,} recipients")
    expect(add).to_be_visible(timeout=PATIENCE)
    for figure in (f"{CALLED:,}", str(UNWANTED), str(DOUBLE), str(BAD)):
        expect(page.locator("dd").get_by_text(figure, exact=True)).to_be_visible()
    assert not violations(page)
    add.click()
    desk.wait_for(page, "Done")
    page.get_by_role("link", name="Back to Spring reminder").click()


def press(page: Page, label: str) -> None:
    """A button that asks back."""
    page.get_by_text(f"{label}…", exact=True).click()
    page.get_by_role("button", name=f"Yes: {label}").click()


def buckets(page: Page) -> dict[str, int]:
    """Who became what, as the page says."""
    shown = page.locator("a.vh-bucket").all_inner_texts()
    found = (re.fullmatch(r"(?s)\w+\s+(.+?)\s+([\d,]+)\s*", text) for text in shown)
    return {match[1]: int(match[2].replace(",", "")) for match in found if match}


def test_two_thousand_people_are_called_once_each_and_every_line_is_accounted_for(
    page: Page, program: Program, sandbox: Sandbox, file: Path
) -> None:
    sandbox.dial_faster(100)
    desk.sign_in(page, "staff")
    put_on_the_list(page)
    make_campaign(page)
    add_recipients(page, file)
    page.get_by_role("link", name="Look it over and start").click()
    expect(page.get_by_text("Hello Person 1. Your order is ready.").first).to_be_visible()
    assert not violations(page)

    sandbox.fail_at("voiceshot", "send", "cut-after", count=2)
    sandbox.fail_at("voiceshot", "send", "slow", count=2, value=2)
    page.get_by_role("button", name="Start calling").click()
    program.kill_a_worker_in_mid_call()
    press(page, "Pause")
    expect(page.get_by_text("Paused. Nothing more is posted")).to_be_visible()
    press(page, "Go on")
    state = page.locator(".vh-panel-head .vh-state")
    expect(state).to_contain_text("Finished", timeout=PATIENCE)
    assert not violations(page)

    ends = buckets(page)
    assert ends["Skipped"] == UNWANTED
    assert sum(ends.values()) + BAD + DOUBLE == ALL
    called = Counter(call["number"] for call in sandbox.voiceshot_calls())
    assert len(called) == CALLED
    assert set(called.values()) == {1}
    assert not called.keys() & {number(place * 10) for place in range(UNWANTED)}

    page.get_by_role("link", name="Its recipients").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert Counter(row["State"] for row in rows) == ends
    page.go_back()
    press(page, "Call again those not reached")
    expect(page.get_by_text(f"{ends['Busy'] + ends['No answer']} recipients. Next: look it over")).to_be_visible()
