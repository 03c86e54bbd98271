"""The ways that people go, looked at by axe; every single page is, in test_whole_admin.py."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys import desk

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

# The admin's look calls the menu and a table that scrolls sideways by the same name.
OPTIONS = {"resultTypes": ["violations"], "rules": {"landmark-unique": {"enabled": False}}}


def test_axe_finds_nothing_on_the_page_to_sign_in(page: Page) -> None:
    page.goto("/admin/login/")
    assert not violations(page)


def test_axe_finds_nothing_on_the_way_of_a_payment(page: Page) -> None:
    desk.sign_in(page, "admin")
    desk.prepare(page, "Bees on roofs", ("Tony Stark", "25"))
    found = violations(page)
    desk.pay_button(page).click()
    expect(desk.order_line(page, "Tony Stark")).to_contain_text("Paid")
    found += violations(page)
    desk.order_line(page, "Tony Stark").get_by_role("link", name="Tony Stark").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    found += violations(page)
    page.get_by_role("link", name="Page to print").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    found += violations(page)
    assert not found


def test_axe_finds_nothing_on_the_way_of_a_file(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text(
        "Contributor,Amount,Article address,Article title\nGrace Mbeki,4,https://example.org/a,A\nNo,1,x,\n"
    )
    desk.sign_in(page, "admin")
    page.emulate_media(color_scheme="dark")
    page.goto("/admin/common/run/new/payments/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    found = violations(page)
    page.get_by_role("button", name="Pay 4.00 USD").click()
    expect(page.locator(".vh-panel-head .vh-state")).to_contain_text("Finished")
    found += violations(page)
    assert not found


def violations(page: Page, *, of_colours_alone: bool = False) -> list[str]:
    """Each rule that the page breaks, with the elements that break it."""
    options = OPTIONS | ({"runOnly": ["color-contrast"]} if of_colours_alone else {})
    return [
        f"{page.url}: {rule['help']}: {[node['target'] for node in rule['nodes']]}"
        for rule in Axe().run(page, options=options).response["violations"]
    ]
