"""Staff write what callers hear, in a browser: with a mistake, mended, tried out and published."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import desk
from tests.journeys.test_accessibility import violations

# The first one waits for the whole program to start.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

ADD = "/admin/telephony/callscript/add/"


def test_a_menu_is_written_with_a_mistake_mended_tried_out_and_published(page: Page) -> None:
    desk.sign_in(page, "staff")
    page.goto(ADD)
    page.get_by_role("link", name="Menu with keys").click()
    page.get_by_label("Name").fill("front-door")
    page.get_by_label("Called numbers").fill("+31 20 123 4567")
    editor = page.get_by_role("textbox", name="Script")
    right = editor.input_value()
    editor.fill(right.replace("<hangup/>", "<hangpu/>"))
    panel = page.get_by_role("region", name="What VoiceHub makes of it")
    expect(panel).to_contain_text("Did you mean hangup?")
    assert not violations(page)

    panel.get_by_role("link", name="line 12, column 5").first.click()
    expect(editor).to_be_focused()
    assert editor.evaluate("it => it.value.slice(it.selectionStart).startsWith('<hangpu/>')")
    page.keyboard.press("Shift+Tab")
    expect(editor).not_to_be_focused()

    editor.fill(right)
    panel.get_by_label("Keys pressed").fill("1")
    expect(panel).to_contain_text("The caller presses 1, which fits 1. It loads the script ring-one.")
    expect(panel).to_contain_text("No errors")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_text("Callers of +31201234567: new")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("callers hear version 1 from now on")).to_be_visible()
    expect(page.get_by_text("Callers hear exactly what stands here.")).to_be_visible()
    assert not violations(page)
