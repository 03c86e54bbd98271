"""Staff keep the OTP apps of an Ourvoice account in step, in a browser, and settle what a colleague changed there."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.program import Sandbox
from tests.journeys.test_accessibility import violations

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

LIST = "/admin/otp/otpapp/"


def open_app(page: Page, name: str) -> None:
    page.goto(LIST)
    page.get_by_role("link", name=name, exact=True).click()


def send_test_code(page: Page, sandbox: Sandbox) -> None:
    """From the page of an app; the button is pressed twice, and one code goes out."""
    page.get_by_role("link", name="Send a test code").click()
    page.get_by_label("Phone number").fill("+229 01 67 15 39 74")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("main")).to_contain_text("it costs money")
    assert not violations(page)
    page.get_by_role("button", name="Send a code to +229 01 67 15 39 74").dblclick()
    expect(page.get_by_text("Ourvoice took it, and says: sent.").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("15 XOF")
    (code,) = sandbox.codes_sent()
    assert code["send_to"] == "2290167153974"
    assert code["code"] not in page.content()


def test_an_app_is_renamed_and_what_a_colleague_changed_is_settled_field_by_field(
    page: Page, sandbox: Sandbox
) -> None:
    desk.sign_in(page, "staff")
    open_app(page, "GOLDEN")
    page.get_by_label("Name").fill("SILVER")
    page.get_by_role("button", name="Save and continue editing").click()
    desk.wait_for(page, "The provider has exactly what you see here.")
    assert sandbox.app_named("SILVER")["code_size"] == 5

    send_test_code(page, sandbox)

    theirs = sandbox.app_named("Eldon's App")["app_id"]
    sandbox.change_app(theirs, name="Their name", code_size=7)
    page.goto(LIST)
    page.get_by_role("button", name="Compare and import now").click()
    page.get_by_role("link", name="Changed at the provider (1)").click()
    page.get_by_role("link", name="Eldon's App").click()
    page.get_by_role("link", name="Compare and choose").click()
    assert not violations(page)
    page.get_by_role("group", name="Name").get_by_label("Take theirs").check()
    page.get_by_role("group", name="Digits of the code").get_by_label("Send ours").check()
    page.get_by_role("button", name="Do as chosen").click()
    desk.wait_for(page, "The provider has exactly what you see here.")
    expect(page.get_by_label("Name")).to_have_value("Their name")
    assert sandbox.app_named("Their name")["code_size"] == 5


def test_a_template_is_looked_over_while_it_is_typed(page: Page) -> None:
    desk.sign_in(page, "staff")
    page.goto(f"{LIST}add/")
    page.get_by_label("Name").fill("Till")
    page.get_by_role("textbox", name="Message template").fill("Reçu par [app_name] : [Code]")
    panel = page.get_by_role("region", name="How the message will look")
    expect(panel).to_contain_text("Reçu par Till : [Code]")
    expect(panel).to_contain_text("the placeholder is written [code]")
    expect(panel).to_contain_text("Latin small letter c with cedilla")
    assert not violations(page)
    page.get_by_role("textbox", name="Message template").fill("Code of [app_name]: [code]")
    page.get_by_label("Digits of the code").fill("4")
    expect(panel).to_contain_text("Code of Till: 1234")
    expect(panel.get_by_role("list")).to_have_count(0)
