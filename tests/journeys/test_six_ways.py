"""The six ways that people go through VoiceHub most, by the keyboard alone.

With the mouse four of them stand in test_editor_pays, test_otp_apps and test_campaigns; two go both ways here.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import desk
from tests.journeys.hands import Hands, Keys, Mouse
from tests.journeys.program import Sandbox

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

by_the_keyboard = pytest.mark.parametrize("with_", [Keys])
both_ways = pytest.mark.parametrize("with_", [Mouse, Keys])

Open = Callable[..., BrowserContext]
With = Callable[[Page], Hands]
STEVE, GRACE = "Steve Rogers", "Grace Mbeki"
PHONE = {"width": 390, "height": 844}


@by_the_keyboard
def test_an_editor_pays(new_context: Open, sandbox: Sandbox, with_: With) -> None:
    page, hands = at_work(new_context(), "editor", with_)
    title = titled("Rain again", hands)
    ask_to_pay(page, hands, title, STEVE, "12.50")
    hands.press(page.get_by_role("button", name="Pay 12.50 USD (1 payment)"))
    expect(desk.order_line(page, STEVE)).to_contain_text("Paid")
    assert sandbox.booked(title) == [1250]


@both_ways
def test_an_approver_approves_on_a_phone(new_context: Open, sandbox: Sandbox, with_: With) -> None:
    page, hands = at_work(new_context(), "editor", with_)
    title = titled("The long read", hands)
    ask_to_pay(page, hands, title, GRACE, "5000.01")
    hands.press(page.get_by_role("button", name="Ask for approval of 5000.01 USD"))
    expect(desk.order_line(page, GRACE)).to_contain_text("Waiting for approval")

    phone, thumbs = at_work(new_context(viewport=PHONE, color_scheme="dark"), "approver", with_)
    thumbs.press(phone.get_by_role("link", name="Approve or decline"))
    expect(phone.get_by_role("main")).to_contain_text("5000.01 USD")
    desk.expect_no_sideways_scroll(phone)
    thumbs.write(phone.get_by_label("Note"), "Agreed with the desk")
    thumbs.press(phone.get_by_role("button", name="Approve what is ticked"))
    expect(phone.get_by_text("Approved: it goes out.")).to_be_visible()

    page.reload()
    expect(desk.order_line(page, GRACE)).to_contain_text("Paid")
    expect(page.get_by_role("main")).to_contain_text("Agreed with the desk")
    assert sandbox.booked(title) == [500001]


@by_the_keyboard
def test_an_admin_settles_an_uncertain_payment(new_context: Open, sandbox: Sandbox, with_: With) -> None:
    page, hands = at_work(new_context(), "editor", with_)
    title = titled("Harbour at night", hands)
    sandbox.dial("cut-after")
    ask_to_pay(page, hands, title, STEVE, "20")
    hands.press(page.get_by_role("button", name="Pay 20.00 USD (1 payment)"))
    expect(desk.order_line(page, STEVE)).to_contain_text("Uncertain")

    admin, hands = at_work(new_context(), "admin", with_)
    hands.press(admin.get_by_role("link", name="Show them").first)
    hands.press(admin.get_by_role("row", name=title).get_by_role("link", name=STEVE))
    hands.press(admin.get_by_role("link", name="Settle", exact=True))
    hands.tick(admin.get_by_role("radio", name="It is there"))
    hands.write(admin.get_by_label("Where I looked"), "the list on OutVoice")
    hands.press(admin.get_by_role("button", name="Record this"))
    expect(desk.order_line(admin, STEVE)).to_contain_text("Paid")
    assert sandbox.booked(title) == [2000]


@both_ways
def test_an_admin_connects_a_provider(new_context: Open, with_: With) -> None:
    page, hands = at_work(new_context(), "admin", with_)
    hands.press(page.get_by_role("navigation").get_by_role("link", name="Set up", exact=True))
    hands.press(page.get_by_role("main").get_by_role("link", name="OutVoice"))
    hands.press(page.get_by_role("link", name="Connect or change the account"))
    hands.write(page.get_by_label("E-mail at OutVoice"), "editor@example.org")
    hands.write(page.get_by_label("Password at OutVoice"), "sandbox")
    hands.press(page.get_by_role("button", name="Sign in at OutVoice"))
    expect(page.get_by_text("Connected: this is the account of Nick Fury")).to_be_visible()

    page.goto("/admin/set-up/outvoice/")
    hands.press(page.get_by_role("button", name="Check the connection"))
    expect(page.get_by_text("OutVoice answers, and lets Nick Fury in.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("It answered when admin tested it")


@by_the_keyboard
def test_staff_resolve_a_difference(new_context: Open, sandbox: Sandbox, with_: With) -> None:
    page, hands = at_work(new_context(), "staff", with_)
    before, theirs = sandbox.any_app(), titled("Their name", hands)
    sandbox.change_app(before["app_id"], name=theirs, code_size=7)
    page.goto("/admin/otp/otpapp/")
    hands.press(page.get_by_role("button", name="Compare and import now"))
    hands.press(page.get_by_role("link", name="Changed at the provider (1)"))
    hands.press(page.get_by_role("main").get_by_role("link", name=before["name"]))
    hands.press(page.get_by_role("link", name="Compare and choose"))
    hands.tick(page.get_by_role("group", name="Name").get_by_label("Take theirs"))
    hands.tick(page.get_by_role("group", name="Digits of the code").get_by_label("Send ours"))
    hands.press(page.get_by_role("button", name="Do as chosen"))
    desk.wait_for(page, "The provider has exactly what you see here.")
    expect(page.get_by_label("Name")).to_have_value(theirs)
    assert sandbox.app_named(theirs)["code_size"] == before["code_size"]


@by_the_keyboard
def test_staff_run_a_campaign(new_context: Open, sandbox: Sandbox, with_: With) -> None:
    sandbox.dial_faster(100)
    page, hands = at_work(new_context(), "staff", with_)
    title = titled("Spring reminder", hands)
    called = len(sandbox.voiceshot_calls())
    page.goto("/admin/campaigns/campaign/add/")
    hands.write(page.get_by_role("textbox", name="Name"), title)
    hands.pick(page.get_by_label("Menu"), "Announcements (1-1234)")
    for day in ("Saturday", "Sunday"):
        hands.tick(page.get_by_label(day))
    hands.write(page.get_by_role("textbox", name="From"), "00:00")
    hands.write(page.get_by_role("textbox", name="Until"), "23:59")
    hands.write(page.get_by_role("textbox", name="Words", exact=True).first, "Hello. Your order is ready.")
    hands.press(page.get_by_role("button", name="Save and continue editing"))
    hands.press(page.get_by_role("link", name="Add recipients").first)
    hands.write(page.get_by_role("textbox", name="Or paste them"), "818 556 7000\n818 556 7001\n818 556 7002")
    hands.press(page.get_by_role("button", name="Look them over"))
    hands.press(page.get_by_role("button", name="Add 3 recipients"))
    desk.wait_for(page, "Done")
    hands.press(page.get_by_role("link", name=f"Back to {title}"))
    hands.press(page.get_by_role("link", name="Look it over and start"))
    hands.press(page.get_by_role("button", name="Start calling"))
    expect(page.locator(".vh-panel-head .vh-state")).to_contain_text("Finished", timeout=60_000)
    assert len(sandbox.voiceshot_calls()) == called + 3


def at_work(window: BrowserContext, name: str, with_: With) -> tuple[Page, Hands]:
    """A person of the demo who has signed in, and the hands that work the page."""
    page = window.new_page()
    hands = with_(page)
    page.goto("/admin/login/")
    hands.write(page.get_by_label("Username"), name)
    hands.write(page.get_by_label("Password"), name)
    hands.press(page.get_by_role("button", name="Log in"))
    expect(page.get_by_role("main")).to_be_visible()
    return page, hands


def titled(title: str, hands: Hands) -> str:
    """Both hands do the same things: their titles tell them apart."""
    return f"{title} ({type(hands).__name__})"


def ask_to_pay(page: Page, hands: Hands, title: str, name: str, amount: str) -> None:
    """From the pay form to its preview."""
    hands.write(page.get_by_label("Article address"), desk.ADDRESS.format(title.lower().replace(" ", "-")))
    hands.write(page.get_by_label("Article title"), title)
    hands.find(desk.lines(page).first.get_by_role("combobox", name="Contributor"), name)
    hands.write(desk.lines(page).first.get_by_label("Amount"), amount)
    hands.press(page.get_by_role("button", name="Continue"))
