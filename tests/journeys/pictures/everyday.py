"""What is the same for all records and all people: finding, looking back, changing many, being let in."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.pictures.camera import Camera, Open, Shot
from tests.journeys.program import Sandbox

APPS = "/admin/otp/otpapp/"
MINE, THEIRS = "GOLDEN", "Eldon's App"
WORDS = "Hello. [code] is your code for [app_name]."


def make(camera: Camera, sandbox: Sandbox) -> None:
    """An app with a past, and one that a colleague has changed at the provider."""
    with camera.window("staff") as page:
        change(page, "Message template", WORDS, "Friendlier, as the shop asked")
        change(page, "Digits of the code", "6", "Five were too easy to guess")
        theirs = sandbox.app_named(THEIRS)["app_id"]
        sandbox.change_app(theirs, code_size=8, message_template="Code [code]")
        page.goto(APPS)
        page.get_by_role("button", name="Compare and import now").click()
        expect(page.get_by_role("link", name="Changed at the provider (1)")).to_be_visible()


def change(page: Page, field: str, value: str, why: str) -> None:
    app(page)
    page.get_by_label(field).fill(value)
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Save and continue editing").click()
    desk.wait_for(page, "The provider has exactly what you see here.")


def app(page: Page, name: str = MINE) -> None:
    page.goto(APPS)
    page.get_by_role("link", name=name, exact=True).click()


def to_timeline(page: Page) -> None:
    app(page)
    page.get_by_role("link", name="Changes", exact=True).click()
    expect(page.get_by_role("link", name="Changes", exact=True)).to_have_attribute("aria-current", "true")


def way_back(page: Page) -> None:
    to_timeline(page)
    page.get_by_role("link", name="Go back to this version…").last.click()


def difference(page: Page) -> None:
    app(page, THEIRS)
    page.get_by_role("link", name="Compare and choose").click()


def search(page: Page) -> None:
    page.goto(APPS)
    page.keyboard.press("Control+k")
    page.keyboard.type("st")
    expect(page.get_by_role("option", name="Steve Rogers")).to_be_visible()


def shortcuts(page: Page) -> None:
    page.goto(APPS)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def views(page: Page) -> None:
    page.goto("/admin/contributors/transaction/")
    page.get_by_role("button", name="Views and columns").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def many(page: Page) -> None:
    page.goto("/admin/telephony/sipaccount/")
    page.get_by_role("link", name="Change all that are listed").click()


def person(page: Page) -> None:
    page.goto("/admin/common/user/")
    page.get_by_role("link", name="editor", exact=True).click()


def provider_set_up(page: Page) -> None:
    page.goto("/admin/set-up/")
    page.get_by_role("main").get_by_role("link", name=re.compile("VoiceShot")).first.click()


def at(path: str) -> Open:
    return lambda page: page.goto(path)


SHOTS = (
    Shot("sign-in", "", at("/admin/login/")),
    Shot("search", "staff", search),
    Shot("shortcuts", "staff", shortcuts),
    Shot("views", "staff", views),
    Shot("otp-apps", "staff", at(APPS)),
    Shot("otp-app", "staff", app),
    Shot("timeline", "staff", to_timeline),
    Shot("way-back", "staff", way_back),
    Shot("difference", "staff", difference),
    Shot("change-many", "staff", many),
    Shot("set-up", "admin", at("/admin/set-up/")),
    Shot("set-up-provider", "admin", provider_set_up),
    Shot("people", "admin", at("/admin/common/user/")),
    Shot("person", "admin", person),
    Shot("audit", "admin", at("/admin/common/auditentry/")),
    Shot("profile", "editor", at("/admin/profile/")),
    Shot("second-factor", "editor", at("/admin/profile/second-factor/")),
    Shot("notices", "editor", at("/admin/common/notice/")),
    Shot("glossary", "staff", at("/admin/glossary/")),
    Shot("fault-dial", "admin", at("/admin/sandbox/fault/")),
)
