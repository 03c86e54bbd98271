"""A campaign that has called forty people, one that is being written, and the pictures of them."""

from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.pictures.camera import Camera, Shot
from tests.journeys.program import Sandbox

LIST = "/admin/campaigns/campaign/"
PEOPLE = 40
DONE, NEXT = "Spring reminder", "Delivery on Tuesday"
SECONDS_TO_CALL = 120


def make(camera: Camera, sandbox: Sandbox) -> None:
    sandbox.dial_faster(20)
    with camera.window("staff") as page:
        for first, name in ((100, NEXT), (500, DONE)):
            write(page, name)
            add_recipients(page, name, first)
        page.get_by_role("link", name="Look it over and start").click()
        page.get_by_role("button", name="Start calling").click()
        state = page.locator(".vh-panel-head .vh-state")
        expect(state).to_contain_text("Finished", timeout=1000 * SECONDS_TO_CALL)


def write(page: Page, name: str) -> None:
    page.goto(f"{LIST}add/")
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_label("Menu").select_option(label="Announcements (1-1234)")
    for day in ("Saturday", "Sunday"):
        page.get_by_label(day).check()
    page.get_by_role("textbox", name="From").fill("00:00")
    page.get_by_role("textbox", name="Until").fill("23:59")
    page.get_by_role("textbox", name="Words", exact=True).first.fill("Hello {name}. Your order is ready.")
    page.get_by_role("button", name="Save and continue editing").click()


def add_recipients(page: Page, name: str, first: int) -> None:
    page.get_by_role("link", name="Add recipients").first.click()
    lines = [f"Person {place}\t+1 818 556 7{first + place}" for place in range(1, PEOPLE + 1)]
    page.get_by_role("textbox", name="Or paste them").fill("\n".join(["Name\tPhone", *lines, "Broken\t1.8185E+10"]))
    page.get_by_role("button", name="Look them over").click()
    page.get_by_role("button", name=f"Add {PEOPLE} recipients").click()
    desk.wait_for(page, "Done")
    page.get_by_role("link", name=f"Back to {name}").click()


def campaign(page: Page, name: str = DONE) -> None:
    page.goto(LIST)
    page.get_by_role("link", name=name, exact=True).click()


def start(page: Page) -> None:
    campaign(page, NEXT)
    page.get_by_role("link", name="Look it over and start").click()


def recipients(page: Page) -> None:
    campaign(page)
    page.get_by_role("link", name="Its recipients").click()


SHOTS = (
    Shot("campaigns", "staff", lambda page: page.goto(LIST)),
    Shot("campaign", "staff", campaign),
    Shot("campaign-start", "staff", start),
    Shot("campaign-recipients", "staff", recipients),
    Shot("menus", "staff", lambda page: page.goto("/admin/campaigns/menu/")),
)
