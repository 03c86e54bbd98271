"""Finding and going without a mouse: the search, the shortcuts, and the keyboard back where it was."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.desk import sign_in

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def test_the_keyboard_alone_finds_a_contributor_and_comes_back_to_where_it_was(page: Page):
    sign_in(page, "admin")
    page.goto("/admin/otp/otpapp/")
    field = page.get_by_role("combobox", name="Search")
    before = page.get_by_role("button", name="Views and columns")
    before.focus()
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(before).to_be_focused()

    page.keyboard.press("/")
    page.keyboard.type("ste")
    option = contributor(page, "Steve Rogers")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/contributors/contributor/"))


def test_an_answer_that_comes_late_does_not_take_the_place_of_a_newer_one(page: Page):
    sign_in(page, "admin")

    def slowly(route: Route) -> None:
        answer = route.fetch()
        if route.request.url.endswith("q=am"):
            time.sleep(1)
        route.fulfill(response=answer)

    page.route("**/admin/search/**", slowly)
    page.keyboard.press("Control+k")
    with page.expect_request(re.compile("q=am$")):
        page.keyboard.type("am")
    page.keyboard.press("Control+a")
    page.keyboard.type("steve")
    expect(contributor(page, "Steve Rogers")).to_be_visible()
    page.wait_for_timeout(1200)
    expect(contributor(page, "Amara Okafor")).to_have_count(0)


def contributor(page: Page, name: str) -> Locator:
    """Among what is found; payments bear the same name."""
    return page.get_by_role("group", name="Contributors").get_by_role("option", name=name)


def test_single_keys_go_through_a_list_but_not_while_one_types_nor_once_they_are_off(page: Page):
    sign_in(page, "admin")
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/contributors/contributor/$"))
    page.wait_for_load_state()
    page.keyboard.press("f")
    page.keyboard.type("?/n")
    expect(page.locator("#searchbar")).to_have_value("?/n")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.goto("/admin/contributors/contributor/")
    page.keyboard.press("j")
    page.keyboard.press("?")
    page.get_by_label("Use shortcuts of single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/contributors/contributor/$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/change/"))
