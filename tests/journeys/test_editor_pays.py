"""An editor pays freelancers, through the browser, against the whole running program."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import desk
from tests.journeys.program import Sandbox

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

Open = Callable[..., BrowserContext]
STEVE, TONY, NATASHA = "Steve Rogers", "Tony Stark", "Natasha Romanov"
PAY_FORM = re.compile(r"/admin/contributors/transaction/pay/$")


def test_an_editor_pays_two_of_three_and_an_admin_settles_what_stays_uncertain(
    new_context: Open, sandbox: Sandbox
) -> None:
    title = "Harbour at night"
    editor, admin = new_context().new_page(), new_context().new_page()

    desk.sign_in(editor, "editor")
    expect(editor).to_have_url(PAY_FORM)
    fill_in_three(editor, title)
    desk.go_on(editor)
    expect_a_message_at_the_third_amount_and_nothing_lost(editor, title)

    desk.lines(editor).nth(2).get_by_role("button", name="Remove this line").click()
    desk.go_on(editor)
    expect_the_preview_of_two(editor)

    desk.pay_button(editor).click()
    for name in (STEVE, TONY):
        expect(desk.order_line(editor, name)).to_contain_text("Paid")
    assert sandbox.booked(title) == [2000, 2015]

    sandbox.dial("cut-after")
    desk.prepare(editor, title, (STEVE, "20"))
    expect(desk.order_line(editor, STEVE)).to_contain_text("for this address or title already")
    desk.pay_button(editor).click()
    expect(desk.order_line(editor, STEVE)).to_contain_text("Uncertain")
    assert sandbox.booked(title) == [2000, 2015, 2000]

    desk.sign_in(admin, "admin")
    settle_as_there(admin, title)
    expect(desk.order_line(admin, STEVE)).to_contain_text("Paid")
    expect(desk.order_line(admin, STEVE)).to_contain_text("admin: “It is there”; looked at: the list on OutVoice")
    assert sandbox.booked(title) == [2000, 2015, 2000]


def fill_in_three(page: Page, title: str) -> None:
    desk.write_article(page, title)
    desk.fill_lines(page, (STEVE, "20"), (TONY, "20.15"), (NATASHA, "0.29"))


def expect_a_message_at_the_third_amount_and_nothing_lost(page: Page, title: str) -> None:
    amounts = [desk.lines(page).nth(number).get_by_label("Amount") for number in range(3)]
    expect(amounts[2]).to_have_accessible_description("At least 1.00.")
    expect(page.get_by_text("At least 1.00.")).to_have_count(1)
    expect(page.get_by_label("Article title")).to_have_value(title)
    expect(page.get_by_label("Article address")).to_have_value("https://example.org/harbour-at-night")
    for amount, typed in zip(amounts, ("20", "20.15", "0.29"), strict=True):
        expect(amount).to_have_value(typed)
    for number, name in enumerate((STEVE, TONY, NATASHA)):
        expect(desk.lines(page).nth(number).get_by_role("combobox", name="Contributor")).to_contain_text(name)


def expect_the_preview_of_two(page: Page) -> None:
    expect(desk.order_line(page, STEVE)).to_contain_text("2000 cents")
    expect(desk.order_line(page, TONY)).to_contain_text("2015 cents")
    expect(page.get_by_role("main")).to_contain_text("Total 40.15 USD")
    expect(page.get_by_role("main")).not_to_contain_text(NATASHA)


def settle_as_there(page: Page, title: str) -> None:
    """From the first page to the settled payment, by links alone."""
    page.get_by_role("link", name="Show them").click()
    page.get_by_role("row", name=title).get_by_role("link", name=STEVE).click()
    page.get_by_role("link", name="Settle", exact=True).click()
    page.get_by_role("radio", name="It is there").check()
    page.get_by_label("Where I looked").fill("the list on OutVoice")
    page.get_by_role("button", name="Record this").click()


def test_two_clicks_two_windows_and_the_back_button_pay_once(context: BrowserContext, sandbox: Sandbox) -> None:
    title = "The last ferry"
    page = context.new_page()
    desk.sign_in(page, "editor")
    desk.prepare(page, title, (TONY, "31.50"))
    other = context.new_page()
    other.goto(page.url)

    desk.pay_button(page).dblclick()
    expect(desk.order_line(page, TONY)).to_contain_text("Paid")
    desk.pay_button(other).click()
    expect(other.get_by_role("main")).to_contain_text("It is not paid a second time")
    page.go_back()
    expect(desk.order_line(page, TONY)).to_contain_text("Paid")

    assert sandbox.booked(title) == [3150]


def test_an_editor_sees_nothing_of_other_peoples_payments(new_context: Open) -> None:
    title = "Budget leaks"
    admin, editor = new_context().new_page(), new_context().new_page()
    desk.sign_in(admin, "admin")
    desk.pay(admin, title, (NATASHA, "45"))
    expect(desk.order_line(admin, NATASHA)).to_contain_text("Paid")
    order = admin.url
    payment = desk.order_line(admin, NATASHA).get_by_role("link", name=NATASHA).get_attribute("href")

    desk.sign_in(editor, "editor")
    desk.open_payments(editor)
    expect(editor.get_by_text("These are the payments you asked for yourself.")).to_be_visible()
    expect(editor.get_by_text(title)).to_have_count(0)
    # Not by opening them: the browser writes an answer of 404 to the console.
    assert [editor.request.get(address).status for address in (order, str(payment))] == [404, 404]


def test_a_phone_in_the_dark_pays_without_sideways_scroll(new_context: Open, sandbox: Sandbox) -> None:
    title = "Night bus"
    phone = new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    page = phone.new_page()
    page.goto("/")
    desk.expect_no_sideways_scroll(page)
    desk.sign_in(page, "editor")
    desk.expect_no_sideways_scroll(page)
    desk.write_article(page, title)
    desk.fill_lines(page, (TONY, "18"))
    desk.expect_no_sideways_scroll(page)
    desk.go_on(page)
    expect(desk.pay_button(page)).to_be_visible()
    desk.expect_no_sideways_scroll(page)
    desk.pay_button(page).click()
    expect(desk.order_line(page, TONY)).to_contain_text("Paid")
    desk.expect_no_sideways_scroll(page)
    desk.order_line(page, TONY).get_by_role("link", name=TONY).click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    desk.expect_no_sideways_scroll(page)
    page.goto("/admin/contributors/transaction/")
    desk.expect_no_sideways_scroll(page)
    assert sandbox.booked(title) == [1800]
