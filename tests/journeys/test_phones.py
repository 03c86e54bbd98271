"""Staff set up the phones of a company, in a browser: accounts from a file, a phone by its link, a new password."""

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.program import Sandbox
from tests.journeys.test_accessibility import violations

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

LIST = "/admin/telephony/sipaccount/"
GOOD = [f"desk-{number},Desk {number},2{number},31201234567" for number in range(10, 20)]
BAD = ["x,Too short,299,31201234567", "lobby,Lobby,29,0201234567"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "desks.csv"
    headings = "username,name,internal number,external number"
    path.write_text("\n".join([headings, *GOOD[:5], *BAD, *GOOD[5:]]) + "\n")
    return path


def open_card(page: Page, username: str) -> None:
    page.goto(f"{LIST}?q={username}")
    page.get_by_role("link", name=username, exact=True).click()
    page.get_by_role("link", name="Set up a phone").click()


def fetch(link: str) -> requests.Response:
    """As a phone does: it knows no session and no proxy."""
    with requests.Session() as phone:
        phone.trust_env = False
        return phone.get(link, timeout=30)


def reveal(page: Page, reason: str) -> str:
    page.get_by_role("link", name="Show the password…").click()
    page.get_by_label("What is it for?").fill(reason)
    page.get_by_role("button", name="Show the password").click()
    return page.get_by_role("textbox", name="Password").input_value()


def test_ten_desks_come_from_a_file_and_the_two_bad_lines_stay_out(page: Page, sandbox: Sandbox, file: Path) -> None:
    desk.sign_in(page, "staff")
    page.goto(LIST)
    expect(page.get_by_role("link", name="frontdesk")).to_be_visible()
    page.get_by_role("link", name="SIP accounts from a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_text("12 lines: 2 cannot be used, 10 ready.").first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name=re.compile("10 (lines|SIP accounts)")).click()
    expect(page.get_by_text("Started.")).to_be_visible()
    expect(page.locator(".vh-panel-head .vh-state")).to_contain_text("Finished", timeout=60_000)
    there = sandbox.sip_accounts()
    assert {line.split(",")[0] for line in GOOD} <= set(there)
    assert not {"x", "lobby"} & set(there)


def test_a_phone_is_set_up_by_its_link_and_gets_a_new_password(page: Page, sandbox: Sandbox) -> None:
    desk.sign_in(page, "staff")
    open_card(page, "frontdesk")
    page.get_by_role("button", name="Make a set-up link").click()
    expect(page.get_by_role("img", name="QR code of the link below")).to_be_visible()
    assert not violations(page)
    link = page.get_by_role("textbox", name="Link").input_value()
    former = sandbox.sip_accounts()["frontdesk"]["password"]
    assert former in fetch(link).text
    page.get_by_role("link", name="Back to the phone's card").click()
    desk.wait_for(page, "A phone used it")
    assert fetch(link).status_code == 404

    assert reveal(page, "Ann has a new desk phone") == former
    page.get_by_role("link", name="Back to the phone's card").click()
    page.get_by_role("link", name="New password…").click()
    page.get_by_label("What is it for?").fill("Ann's phone was stolen")
    page.get_by_role("button", name="Have a new password made").click()
    desk.wait_for(page, "The provider has exactly what you see here.")
    timeline = page.get_by_role("main")
    for deed in ("Ann has a new desk phone", "Ann's phone was stolen", "A phone was set up by a link"):
        expect(timeline).to_contain_text(deed)
    renewed = sandbox.sip_accounts()["frontdesk"]
    assert renewed["password"] != former
    page.get_by_role("link", name="Set up a phone").click()
    assert reveal(page, "Set it up again") == renewed["password"]
