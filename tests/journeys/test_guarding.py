"""What people type survives their leaving, a crash and the end of a session; a button pressed twice acts once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys import desk
from tests.journeys.test_accessibility import violations

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

HOTLINES = "/admin/telephony/hotline/"
ADD = f"{HOTLINES}add/"


def name(page: Page) -> str:
    return page.get_by_role("textbox", name="Name").input_value()


def listed(page: Page, name: str) -> Locator:
    return page.get_by_role("table").get_by_role("link", name=name)


def type_name(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Name").fill(text)


def test_what_was_typed_is_not_lost_by_leaving_a_crash_or_the_end_of_the_session(
    page: Page, context: BrowserContext
) -> None:
    asked: list[str] = []
    desk.sign_in(page, "staff")
    page.goto(ADD)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    type_name(page, "Night")
    page.get_by_role("link", name="Recordings", exact=True).click()
    assert asked == ["beforeunload"]
    assert name(page) == "Night"
    with page.expect_response("**/admin/draft/"):
        type_name(page, "Night orders")
    page.close()

    page = context.new_page()
    page.goto(ADD)
    assert name(page) == ""
    assert not violations(page)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Night orders")
    page.get_by_role("textbox", name="Number").fill("845 951 1133")

    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill("staff")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("textbox", name="Number")).to_have_value("845 951 1133")

    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page).to_have_url(re.compile(f"{HOTLINES}$"))
    expect(listed(page, "Night orders")).to_have_count(1)
    listed(page, "Night orders").click()
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    type_name(page, "Day orders")
    type_name(page, "Night orders")
    page.get_by_role("link", name="Recordings", exact=True).click()
    expect(page).to_have_url(re.compile("/recording/"))
    assert asked == ["beforeunload"]


def test_two_people_on_one_record_see_what_the_other_did_and_choose(
    page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    desk.sign_in(page, "admin")
    page.goto(ADD)
    type_name(page, "Desk")
    page.get_by_role("textbox", name="Number").fill("845 951 1144")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()

    other = new_context().new_page()
    desk.sign_in(other, "staff")
    other.goto(page.url)
    type_name(other, "Front desk")
    other.get_by_role("textbox", name="Number").fill("845 951 1155")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other).to_have_url(re.compile(f"{HOTLINES}$"))

    type_name(page, "Back desk")
    page.get_by_role("button", name="Save", exact=True).click()
    changed = page.get_by_role("region", name="What was changed elsewhere since you opened this page")
    expect(changed).to_be_focused()
    expect(changed.get_by_role("row", name="Name")).to_contain_text("Front desk By staff")
    expect(page.get_by_role("textbox", name="Number")).to_have_value("+18459511155")
    assert not violations(page)
    changed.get_by_role("radio", name="Take what is stored").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(listed(page, "Front desk")).to_be_visible()
