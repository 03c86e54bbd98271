"""Admins fill the hotline's library and write what it says; callers phone it; staff call and text people."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.program import Sandbox
from tests.journeys.test_accessibility import violations
from tests.sounds import mp3, wav

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

RECORDINGS = "/admin/telephony/recording/"
HOTLINES = "/admin/telephony/hotline/"


def choose_row(page: Page, rows: str, place: int, **values: str) -> None:
    """Fill in a row of a rule; a missing one is added first."""
    part = page.locator(f"[data-rows={rows}]")
    if part.locator("[data-row]").count() <= place:
        part.locator("[data-add-row]").click()
    for name, value in values.items():
        field = page.locator(f"[name={rows}-{place}-{name}]")
        if field.evaluate("it => it.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def add_rule(page: Page, name: str) -> None:
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Name", exact=True).first.fill(name)


def save_rule(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: callers get it from now on.")).to_be_visible()


def test_five_recordings_go_up_and_two_that_are_none_are_refused(page: Page, tmp_path: Path) -> None:
    sounds = {"welcome.wav": wav(2), "menu.wav": wav(3), "hours.wav": wav(1), "sales.mp3": mp3(2), "bye.mp3": mp3(1)}
    sounds |= {"cut.wav": wav(4)[:-20_000], "fake.mp3": b"<?php phpinfo(); ?>"}
    for name, content in sounds.items():
        (tmp_path / name).write_bytes(content)
    desk.sign_in(page, "admin")
    page.goto(RECORDINGS)
    page.get_by_role("link", name="Upload recordings").click()
    page.get_by_label("First sort number").fill("25")
    page.get_by_label("Sound files").set_input_files([tmp_path / name for name in sounds])
    expect(page.get_by_label("Album")).to_have_value("1")
    page.get_by_label("Album").fill("10")
    assert not violations(page)
    page.get_by_role("button", name="Upload", exact=True).click()
    uploads = page.locator("[data-uploads] li")
    expect(uploads.filter(has_text="Taken; on its way to Voitex")).to_have_count(5)
    expect(uploads.filter(has_text="The file is cut off")).to_have_count(1)
    expect(uploads.filter(has_text="neither WAV nor MP3")).to_have_count(1)

    page.goto(f"{RECORDINGS}speech/?album=10")
    page.get_by_label("Name").fill("Closed")
    page.get_by_label("Text").fill("We are closed now.")
    page.get_by_role("button", name="Have it made").click()
    expect(page.get_by_text("It is in Voitex's library.").first).to_be_visible()
    page.goto(f"{RECORDINGS}library/")
    expect(page.get_by_role("link", name="welcome")).to_be_visible()
    assert not violations(page)
    page.get_by_role("link", name="welcome").click()
    expect(page.locator("audio")).to_be_visible()
    assert not violations(page)


def test_a_hotline_greets_by_name_offers_keys_and_tells_its_hours(page: Page, sandbox: Sandbox) -> None:
    desk.sign_in(page, "admin")
    page.goto(f"{HOTLINES}add/")
    page.get_by_role("textbox", name="Name").fill("Orders")
    page.get_by_role("textbox", name="Number").fill("845 951 1110")
    page.get_by_role("button", name="Save and continue editing").click()

    add_rule(page, "Closed at night")
    choose_row(page, "if", 0, fact="time", value="at night")
    choose_row(page, "play", 0, kind="text", text="We are open from nine to five.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("write it as in 09:00-17:00")).to_be_visible()
    assert not violations(page)
    choose_row(page, "if", 0, value="17:00-23:59, 00:00-08:59")
    save_rule(page)

    add_rule(page, "Greets by name")
    choose_row(page, "if", 0, fact="contact", of="first_name", operator="known")
    choose_row(page, "play", 0, kind="text", text="Hello {contact.first_name}. Press 1, 2 or 3.")
    choose_row(page, "play", 1, kind="recording", slot="10/25")
    for place, (key, branch) in enumerate((("1", "105"), ("2", "150"), ("3", "0"))):
        choose_row(page, "keys", place, key=key, branch=branch)
    page.get_by_label("Then go on at branch").fill("150")
    save_rule(page)
    expect(page.get_by_text("Key 2 leads to branch 150.")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="Make its address").click()
    address = page.get_by_label("Address").input_value()
    page.get_by_role("link", name="I have copied it").click()

    page.goto(HOTLINES)
    page.locator("#result_list").get_by_role("link", name="Orders", exact=True).click()
    page.get_by_role("link", name="Phone it").click()
    page.get_by_label("Contact").fill("first_name = Adam")
    page.get_by_label("Day and time there").fill("2026-11-30T10:00")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_role("blockquote")).to_have_text("Hello Adam. Press 1, 2 or 3.")
    assert not violations(page)
    page.get_by_role("button", name="Press 2 → branch 150").click()
    expect(page.get_by_label("The way so far")).to_have_value(re.compile("2"))
    page.get_by_label("Day and time there").fill("2026-11-30T20:00")
    page.get_by_role("button", name="Call with this").click()
    expect(page.get_by_role("blockquote")).to_have_text("We are open from nine to five.")

    made = sandbox.call_hotline("8459511110", address, keys=["1"], contact={"first_name": "Adam"}, amount="57")
    assert [turn["sent"]["payment_info"][0]["cvv"] for turn in made["turns"]] == [987]
    page.goto("/admin/telephony/hotlinecall/")
    desk.wait_for(page, "ADAM COHEN")
    page.get_by_role("link", name=re.compile("ago")).first.click()
    expect(page.get_by_text("What happened", exact=True)).to_be_visible()
    expect(page.get_by_text("Paid 57 with the card ending in 4444")).to_be_visible()
    assert "987" not in page.get_by_role("main").inner_text()
    assert not violations(page)


def test_a_text_is_accepted_and_a_call_that_was_cut_is_uncertain(page: Page, sandbox: Sandbox) -> None:
    desk.sign_in(page, "staff")
    page.goto("/admin/telephony/smsmessage/")
    page.get_by_role("link", name="Text somebody").click()
    page.get_by_label("From").fill("845 951 1000")
    page.get_by_label("To", exact=True).fill("845 500 9999")
    page.get_by_label("Text").fill("Your order is ready.")
    expect(page.get_by_text("20 characters: 1 message")).to_be_visible()
    assert not violations(page)
    desk.go_on(page)
    assert not violations(page)
    page.get_by_role("button", name="Text +1 845-500-9999").click()
    expect(page.get_by_text("Voitex accepted it.").first).to_be_visible()

    sandbox.fail_at("voitex", "call", "cut-after")
    page.goto("/admin/telephony/notificationcall/")
    page.get_by_role("link", name="Call somebody").click()
    page.get_by_label("Shown as the caller").fill("845 951 1000")
    page.get_by_label("To", exact=True).fill("845 500 9999")
    page.get_by_label("Hotline").fill("845 951 1000")
    page.get_by_label("Begins at branch").fill("150")
    desk.go_on(page)
    page.get_by_role("button", name="Call +1 845-500-9999").click()
    expect(page.get_by_role("region", name="State").get_by_text("Uncertain")).to_be_visible()
    expect(page.get_by_role("link", name="Settle")).to_be_visible()
    assert not violations(page)
