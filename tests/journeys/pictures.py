"""Makes the pictures of the README from a running program: python -m tests.journeys.pictures."""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys import desk
from tests.journeys.program import ROOT, Program, chromium

FOLDER = ROOT / "docs" / "pictures"
DESKTOP = {"width": 1280, "height": 760}
PHONE = {"width": 390, "height": 844}
TITLE = "The harbour that nobody wanted"
LINES = (
    "Contributor,Id at OutVoice,Amount,Currency,Article address,Article title",
    "Steve Rogers,,120.00,USD,https://example.org/harbour,The harbour that nobody wanted",
    "Natasha Romanov,,80.50,USD,https://example.org/harbour,The harbour that nobody wanted",
    "Maria Jansen,7,45.00,USD,https://example.org/night-bus,Night bus",
    "Maria Jansen,,45.00,USD,https://example.org/rain,Rain again",
    "Lukas Novák,,1.234,USD,https://example.org/rain,Rain again",
    "Natasha Romanov,,80.50,USD,https://example.org/harbour,The harbour that nobody wanted",
)
PAYMENTS = (("Steve Rogers", "120"), ("Natasha Romanov", "80.50"))


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=desk.PATIENCE_MILLISECONDS)
    program = Program()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**chromium())
            take_all(browser, program)
            browser.close()
    finally:
        program.stop()


def take_all(browser: Browser, program: Program) -> None:
    def window(name: str, **wishes: Any) -> Page:
        page = browser.new_context(base_url=program.url, **wishes).new_page()
        desk.sign_in(page, name)
        return page

    editor = window("editor", viewport=DESKTOP)
    make_payments(editor, program)
    take_form(editor, "pay-form")
    take_form(window("editor", viewport=DESKTOP, color_scheme="dark"), "pay-form-dark")
    take_form(window("editor", viewport=PHONE, device_scale_factor=2), "pay-form-phone")
    take_list(window("staff", viewport=DESKTOP))
    take_batch(editor)
    take_ledger(window("staff", viewport=DESKTOP))


def make_payments(page: Page, program: Program) -> None:
    """Eight payments that end in different ways."""
    sandbox = program.sandbox
    pay(page, "Night shift at the bakery", ("Grace Mbeki", "95", "Paid"), ("Hiroshi Tanabe", "40", "Paid"))
    pay(page, "Who owns the river?", ("Chiara Bellandi", "210", "Paid"))
    sandbox.dial("refuse", value="This freelancer's bank account is being verified.")
    pay(page, "Letters from the north", ("Samuel Adeyemi", "65.50", "Refused"), ("Bram de Wit", "33.30", "Paid"))
    sandbox.dial("cut-after")
    pay(page, "A bridge too narrow", ("Olivia Castellan", "72", "Uncertain"), ("Priya Raman", "150", "On hold"))
    pay(page, "Rain, again", ("Tony Stark", "20.15", "Paid"))


def pay(page: Page, title: str, *payments: tuple[str, str, str]) -> None:
    """Pay names and amounts, and wait until each is in the state given."""
    desk.pay(page, title, *((name, amount) for name, amount, _state in payments))
    for name, _amount, state in payments:
        expect(desk.order_line(page, name)).to_contain_text(state)


def take_form(page: Page, name: str) -> None:
    desk.open_pay_form(page)
    desk.write_article(page, TITLE)
    desk.fill_lines(page, *PAYMENTS)
    page.get_by_role("main").click(position={"x": 2, "y": 2})
    take(page, name)


def take_list(page: Page) -> None:
    page.goto("/admin/contributors/transaction/")
    expect(page.get_by_role("row")).to_have_count(9)
    take(page, "payments")


def take_batch(page: Page) -> None:
    """A file with two mistakes and a line that is there twice, before it is started."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "november.csv"
        file.write_text("\n".join(LINES))
        page.goto("/admin/common/run/new/payments/")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Check this file").click()
        expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    take(page, "batch-preview")


def take_ledger(page: Page) -> None:
    page.goto("/admin/contributors/transaction/ledger/")
    expect(page.get_by_role("table")).to_be_visible()
    take(page, "ledger")


def take(page: Page, name: str) -> None:
    """The whole page in one window: what sticks to the lower edge would else lie across the picture."""
    size = page.viewport_size or DESKTOP
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": height})
    page.evaluate("document.fonts.ready")
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
