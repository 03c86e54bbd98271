"""Hotlines, call scripts, phones, calls and texts, and the pictures of them."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.pictures.camera import Camera, Shot
from tests.journeys.program import Sandbox
from tests.journeys.test_voitex import add_rule, choose_row, save_rule
from tests.sounds import wav

HOTLINES = "/admin/telephony/hotline/"
SCRIPTS = "/admin/telephony/callscript/"
RECORDINGS = "/admin/telephony/recording/"
DO_NOT_CALL = "/admin/common/donotcallnumber/"
CALLS = "/admin/telephony/notificationcall/"
TEXTS = "/admin/telephony/smsmessage/"


def make(camera: Camera, sandbox: Sandbox) -> None:
    with camera.window("admin") as page:
        upload_recordings(page)
        make_hotline(page, sandbox)
    with camera.window("staff") as page:
        put_on_the_list(page)
        call_somebody(page, sandbox)
        text_somebody(page, "Your order is ready.", "845 500 9999")
        text_somebody(page, "Your order has left our house and will be with you tomorrow.", "845 500 9998")


def upload_recordings(page: Page) -> None:
    sounds = {"welcome": 4, "menu": 9, "opening hours": 6, "goodbye": 2}
    page.goto(f"{RECORDINGS}upload/")
    page.get_by_label("First sort number").fill("25")
    page.get_by_label("Sound files").set_input_files(
        [{"name": f"{name}.wav", "mimeType": "audio/wav", "buffer": wav(long)} for name, long in sounds.items()]
    )
    page.get_by_label("Album").fill("10")
    page.get_by_role("button", name="Upload", exact=True).click()
    taken = page.locator("[data-uploads] li").filter(has_text="Taken; on its way to Voitex")
    expect(taken).to_have_count(len(sounds))


def put_on_the_list(page: Page) -> None:
    page.goto(f"{DO_NOT_CALL}paste/")
    page.locator("textarea").fill("\n".join(f"+1 845 500 77{place:02}" for place in range(6)))
    page.get_by_role("button", name="Look them over").click()
    desk.wait_for(page, "Carry out 6 lines")
    page.get_by_role("button", name="Carry out 6 lines").click()
    desk.wait_for(page, "Done")


def make_hotline(page: Page, sandbox: Sandbox) -> None:
    """One with two rules, phoned by Adam."""
    page.goto(f"{HOTLINES}add/")
    page.get_by_role("textbox", name="Name").fill("Orders")
    page.get_by_role("textbox", name="Number").fill("845 951 1110")
    page.get_by_role("button", name="Save and continue editing").click()
    add_rule(page, "Closed at night")
    choose_row(page, "if", 0, fact="time", value="17:00-23:59, 00:00-08:59")
    choose_row(page, "play", 0, kind="text", text="We are open from nine to five.")
    save_rule(page)
    add_rule(page, "Greets by name")
    choose_row(page, "if", 0, fact="contact", of="first_name", operator="known")
    choose_row(page, "play", 0, kind="text", text="Hello {contact.first_name}. Press 1 to order, 2 to talk to us.")
    for place, (key, branch) in enumerate((("1", "105"), ("2", "150"))):
        choose_row(page, "keys", place, key=key, branch=branch)
    page.get_by_label("Then go on at branch").fill("150")
    save_rule(page)
    page.get_by_role("button", name="Make its address").click()
    address = page.get_by_label("Address").input_value()
    page.get_by_role("link", name="I have copied it").click()
    sandbox.call_hotline("8459511110", address, keys=["1"], contact={"first_name": "Adam"}, amount="57")


def call_somebody(page: Page, sandbox: Sandbox) -> None:
    """Nobody knows whether it rang."""
    sandbox.fail_at("voitex", "call", "cut-after")
    page.goto(CALLS)
    page.get_by_role("link", name="Call somebody").click()
    page.get_by_label("Shown as the caller").fill("845 951 1000")
    page.get_by_label("To", exact=True).fill("845 500 9999")
    page.get_by_label("Hotline").fill("845 951 1000")
    page.get_by_label("Begins at branch").fill("150")
    desk.go_on(page)
    page.get_by_role("button", name=re.compile("^Call ")).click()
    expect(page.get_by_role("region", name="State").get_by_text("Uncertain")).to_be_visible()


def text_somebody(page: Page, text: str, number: str) -> None:
    text_form(page, text, number)
    desk.go_on(page)
    page.get_by_role("button", name=re.compile("^Text ")).click()
    expect(page.get_by_text("Voitex accepted it.").first).to_be_visible()


def text_form(page: Page, text: str = "Your order is ready.", number: str = "845 500 9999") -> None:
    page.goto(TEXTS)
    page.get_by_role("link", name="Text somebody").click()
    page.get_by_label("From").fill("845 951 1000")
    page.get_by_label("To", exact=True).fill(number)
    page.get_by_label("Text").fill(text)
    expect(page.get_by_text(": 1 message")).to_be_visible()


def hotline(page: Page) -> None:
    page.goto(HOTLINES)
    page.get_by_role("link", name="Orders", exact=True).click()


def rule(page: Page) -> None:
    hotline(page)
    page.get_by_role("link", name="Greets by name").first.click()


def phone_it(page: Page) -> None:
    hotline(page)
    page.get_by_role("link", name="Phone it").click()
    page.get_by_label("Contact").fill("first_name = Adam")
    page.get_by_label("Day and time there").fill("2026-11-30T10:00")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_role("blockquote")).to_be_visible()


def hotline_call(page: Page) -> None:
    page.goto("/admin/telephony/hotlinecall/")
    desk.wait_for(page, "ADAM COHEN")
    page.get_by_role("row", name="ADAM COHEN").get_by_role("link").first.click()


def script(page: Page) -> None:
    page.goto(SCRIPTS)
    page.get_by_role("link", name="menu", exact=True).click()
    expect(page.get_by_role("region", name="What VoiceHub makes of it")).to_be_visible()


def phone_number(page: Page) -> None:
    page.goto("/admin/telephony/phonenumber/")
    page.get_by_label("Phone number").fill("+1 845 500 9999")
    page.get_by_role("button", name="Show", exact=True).click()


SHOTS = (
    Shot("sip-accounts", "staff", lambda page: page.goto("/admin/telephony/sipaccount/")),
    Shot("call-script", "staff", script),
    Shot("hotline", "admin", hotline),
    Shot("hotline-rule", "admin", rule),
    Shot("hotline-phoned", "admin", phone_it),
    Shot("hotline-call", "staff", hotline_call),
    Shot("recordings", "admin", lambda page: page.goto(f"{RECORDINGS}library/")),
    Shot("text-form", "staff", text_form),
    Shot("texts", "staff", lambda page: page.goto(TEXTS)),
    Shot("calls", "staff", lambda page: page.goto(CALLS)),
    Shot("phone-number", "staff", phone_number),
    Shot("do-not-call", "staff", lambda page: page.goto(DO_NOT_CALL)),
)
