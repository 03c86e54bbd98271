"""Two ways to work a page: with the mouse, and by the keyboard alone."""

from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150
HAS_THE_FOCUS = "element => element === document.activeElement"


class Hands(Protocol):
    def press(self, target: Locator) -> None:
        """A button, a link, or what unfolds."""

    def write(self, field: Locator, text: str) -> None:
        """In place of what stands there."""

    def tick(self, box: Locator) -> None:
        """A box, or one of several choices."""

    def pick(self, field: Locator, label: str) -> None:
        """An option of a short list."""

    def find(self, field: Locator, name: str) -> None:
        """A record in a long list, by typing a part of its name."""

    def upload(self, field: Locator, file: Path) -> None: ...


class Mouse:
    """Points at things and clicks; a finger does the same."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def tick(self, box: Locator) -> None:
        box.check()

    def pick(self, field: Locator, label: str) -> None:
        field.select_option(label=label)

    def find(self, field: Locator, name: str) -> None:
        field.click()
        self._page.locator(".select2-search__field").press_sequentially(name[:6])
        self._page.get_by_role("option", name=name, exact=True).click()

    def upload(self, field: Locator, file: Path) -> None:
        field.set_input_files(file)


class Keys:
    """Goes by Tab from one thing to the next, as somebody who sees where the focus is, and never touches a mouse."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._keyboard = page.keyboard

    def press(self, target: Locator) -> None:
        self._go_to(target)
        self._keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._go_to(field)
        self._keyboard.press("ControlOrMeta+a")
        self._keyboard.insert_text(text)

    def tick(self, box: Locator) -> None:
        if box.is_checked():
            return
        if box.get_attribute("type") == "radio":
            self._choose(box)
        else:
            self._go_to(box)
            self._keyboard.press("Space")
        expect(box).to_be_checked()

    def pick(self, field: Locator, label: str) -> None:
        self._go_to(field)
        self._keyboard.type(label)
        expect(field.locator("option:checked")).to_have_text(label)

    def find(self, field: Locator, name: str) -> None:
        self._go_to(field)
        self._keyboard.press("Enter")
        expect(self._page.locator(".select2-search__field")).to_be_focused()
        self._keyboard.type(name[:6])
        expect(self._page.get_by_role("option")).to_have_text([name])
        self._keyboard.press("ArrowDown")
        self._keyboard.press("Enter")
        expect(field).to_contain_text(name)

    def upload(self, field: Locator, file: Path) -> None:
        self._go_to(field)
        with self._page.expect_file_chooser() as chooser:
            self._keyboard.press("Enter")
        chooser.value.set_files(file)

    def _choose(self, choice: Locator) -> None:
        """Tab stops once at all choices of a question; arrows go from one to the next."""
        group = f"e => document.activeElement.type === 'radio' && document.activeElement.name === {'e.name'}"
        self._tab_until(choice, group)
        for _arrow in range(20):
            if choice.evaluate(HAS_THE_FOCUS):
                self._keyboard.press("Space")
                return
            self._keyboard.press("ArrowDown")

    def _go_to(self, target: Locator) -> None:
        expect(target).to_be_visible()
        self._tab_until(target, HAS_THE_FOCUS)
        assert target.evaluate(SEES_THE_FOCUS), f"Nobody sees that the focus is on {target}"
        # A part that follows may have been exchanged meanwhile.
        self._tab_until(target, HAS_THE_FOCUS)

    def _tab_until(self, target: Locator, arrived: str) -> None:
        for _tab in range(MOST_TABS):
            if target.evaluate(arrived):
                return
            self._keyboard.press("Tab")
        pytest.fail(f"No number of tabs leads to {target}")


# A line around it, or beside it, that is there with the focus alone. What reacts to a lost focus may take a moment.
SEES_THE_FOCUS = """async element => {
    const line = part => {
        const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(part);
        return [outlineStyle === "none" ? "" : outlineWidth, boxShadow, borderColor, backgroundColor].join();
    };
    const parts = [element, element.parentElement, element.closest("label, .select2")].filter(Boolean);
    parts.forEach(part => part.style.setProperty("transition", "none", "important"));
    const focused = parts.map(line);
    element.blur();
    await new Promise(resume => setTimeout(resume, 20));
    const blurred = parts.map(line);
    element.focus({ focusVisible: true, preventScroll: true });
    return focused.some((style, place) => style !== blurred[place]);
}"""
