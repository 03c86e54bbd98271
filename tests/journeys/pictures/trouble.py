"""A provider that somebody has stopped, and the pages that say so: the first page and that of the providers."""

from playwright.sync_api import Page, expect

from tests.journeys.pictures.camera import Camera, Shot
from tests.journeys.program import Sandbox

PROVIDERS = "/admin/sync/lane/"
WHY = "Ourvoice moves to new machines until noon"


def make(camera: Camera, sandbox: Sandbox) -> None:
    with camera.window("admin") as page:
        page.goto(PROVIDERS)
        page.get_by_role("link", name="Stop…").nth(1).click()
        expect(page.get_by_role("heading", name="Stop Ourvoice").first).to_be_visible()
        page.get_by_label("Why").fill(WHY)
        page.get_by_role("button", name="Stop now").click()
        expect(page.get_by_text("Ourvoice is stopped.")).to_be_visible()


def told(path: str, page: Page) -> None:
    page.goto(path)
    expect(page.get_by_text(WHY).first).to_be_visible()


SHOTS = (
    Shot("first-page", "admin", lambda page: told("/admin/", page)),
    Shot("first-page-staff", "staff", lambda page: told("/admin/", page)),
    Shot("providers", "admin", lambda page: told(PROVIDERS, page)),
)
