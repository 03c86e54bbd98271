"""Payments that end in different ways, and the pictures of paying."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.pictures.camera import Camera, Shot
from tests.journeys.program import Sandbox

TITLE = "The harbour that nobody wanted"
DEAR = "The long read"
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
LIST = "/admin/contributors/transaction/"


def make(camera: Camera, sandbox: Sandbox) -> None:
    """Nine payments, no two of them alike."""
    with camera.window("editor") as page:
        pay(page, "Night shift at the bakery", ("Grace Mbeki", "95", "Paid"), ("Hiroshi Tanabe", "40", "Paid"))
        pay(page, "Who owns the river?", ("Chiara Bellandi", "210", "Paid"))
        sandbox.dial("refuse", value="This freelancer's bank account is being verified.")
        pay(page, "Letters from the north", ("Samuel Adeyemi", "65.50", "Refused"), ("Bram de Wit", "33.30", "Paid"))
        sandbox.dial("cut-after")
        pay(page, "A bridge too narrow", ("Olivia Castellan", "72", "Uncertain"), ("Priya Raman", "150", "On hold"))
        pay(page, "Rain, again", ("Tony Stark", "20.15", "Paid"))
        fill_in(page, DEAR, ("Grace Mbeki", "5000.01"))
        desk.go_on(page)
        page.get_by_role("button", name="Ask for approval of 5000.01 USD").click()
        expect(desk.order_line(page, "Grace Mbeki")).to_contain_text("Waiting for approval")


def pay(page: Page, title: str, *payments: tuple[str, str, str]) -> None:
    """Pay names and amounts, and wait until each is in the state given."""
    desk.pay(page, title, *((name, amount) for name, amount, _state in payments))
    for name, _amount, state in payments:
        expect(desk.order_line(page, name)).to_contain_text(state)


def fill_in(page: Page, title: str, *payments: tuple[str, str]) -> None:
    desk.open_pay_form(page)
    forget_draft(page)
    desk.write_article(page, title)
    desk.fill_lines(page, *payments)


def forget_draft(page: Page) -> None:
    """The form remembers what was typed into it for the picture before."""
    draft = page.get_by_role("button", name="Throw it away")
    if draft.is_visible():
        draft.click()
        expect(draft).to_be_hidden()


def pay_form(page: Page) -> None:
    fill_in(page, TITLE, *PAYMENTS)
    page.get_by_role("main").click(position={"x": 2, "y": 2})


def preview(page: Page) -> None:
    pay_form(page)
    desk.go_on(page)
    expect(desk.pay_button(page)).to_be_visible()


def batch_preview(page: Page) -> None:
    """A file with two mistakes and a line that is there twice, before it is started."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "november.csv"
        file.write_text("\n".join(LINES))
        page.goto("/admin/common/run/new/payments/")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Check this file").click()
        expect(page.get_by_role("heading", name="What will happen")).to_be_visible()


def uncertain(page: Page) -> None:
    page.goto(f"{LIST}?q=Olivia")
    page.get_by_role("link", name="Olivia Castellan").click()


def settling(page: Page) -> None:
    uncertain(page)
    page.get_by_role("link", name="Settle", exact=True).click()


SHOTS = (
    Shot("pay-form", "editor", pay_form),
    Shot("pay-preview", "editor", preview),
    Shot("payments", "editor", lambda page: page.goto(LIST)),
    Shot("payment-uncertain", "staff", uncertain),
    Shot("settle", "staff", settling),
    Shot("approvals", "approver", lambda page: page.goto(f"{LIST}approvals/")),
    Shot("batch-preview", "editor", batch_preview),
    Shot("ledger", "staff", lambda page: page.goto(f"{LIST}ledger/")),
    Shot("contributors", "editor", lambda page: page.goto("/admin/contributors/contributor/")),
)
