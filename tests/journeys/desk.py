"""What a person does at the screen, in the words of the person."""

import re

from playwright.sync_api import Locator, Page, expect

PATIENCE_MILLISECONDS = 15_000
ADDRESS = "https://example.org/{}"


def sign_in(page: Page, name: str) -> None:
    """The password of a demo person is the name."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(name)
    page.get_by_role("button", name="Log in").click()
    expect(page).not_to_have_url(re.compile("/login/"))


def open_pay_form(page: Page) -> None:
    page.goto("/admin/contributors/transaction/pay/")


def write_article(page: Page, title: str) -> None:
    page.get_by_label("Article address").fill(ADDRESS.format(title.lower().replace(" ", "-")))
    page.get_by_label("Article title").fill(title)


def lines(page: Page) -> Locator:
    return page.locator("[data-lines] [data-line]")


def add_line(page: Page) -> None:
    page.get_by_role("button", name="Add a line").click()


def fill_line(page: Page, number: int, name: str, amount: str) -> None:
    """Fill in a line, counted from 0: the contributor by typing a part of the name and picking the person."""
    line = lines(page).nth(number)
    box = line.get_by_role("combobox", name="Contributor")
    if box.get_attribute("aria-expanded") != "true":
        box.click()
    page.locator(".select2-search__field").press_sequentially(name[:6])
    page.get_by_role("option", name=name, exact=True).click()
    expect(box).to_contain_text(name)
    line.get_by_label("Amount").fill(amount)


def fill_lines(page: Page, *payments: tuple[str, str]) -> None:
    """Fill in a fresh form's lines: names and amounts."""
    for number, (name, amount) in enumerate(payments):
        if number:
            add_line(page)
        fill_line(page, number, name, amount)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def pay_button(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("button", name="Pay ")


def order_line(page: Page, name: str) -> Locator:
    """A person's line of the preview or of the order."""
    return page.locator(".vh-lines > li").filter(has=page.locator(".vh-name", has_text=name))


def prepare(page: Page, title: str, *payments: tuple[str, str]) -> None:
    """Fill in the whole form and go to the preview."""
    open_pay_form(page)
    write_article(page, title)
    fill_lines(page, *payments)
    go_on(page)
    expect(pay_button(page)).to_be_visible()


def pay(page: Page, title: str, *payments: tuple[str, str]) -> None:
    prepare(page, title, *payments)
    pay_button(page).click()


def open_payments(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Payments", exact=True).click()


def expect_no_sideways_scroll(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def wait_for(page: Page, text: str) -> None:
    """Look again until the worker has been there."""
    for _look in range(40):
        if page.get_by_text(text).first.is_visible():
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_text(text).first).to_be_visible()
