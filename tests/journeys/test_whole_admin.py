"""Every page that the menu leads to, with a record of each list and its form, as the other journeys left them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.journeys import desk
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PHONE: ViewportSize = {"width": 390, "height": 844}
# A window of 1280 pixels at 200 % has room for so many.
MAGNIFIED: ViewportSize = {"width": 640, "height": 480}
DESKTOP: ViewportSize = {"width": 1280, "height": 720}
# What the theme does for those who prefer it; colours change at once.
IN_THE_DARK = """() => {
    document.documentElement.classList.add("dark");
    document.head.insertAdjacentHTML("beforeend", "<style>* { transition: none !important; }</style>");
}"""
FEWEST = 60
MENU = "aside a[href^='/admin/'], nav a[href^='/admin/']"
RECORDS = "#result_list a[href*='/change/'], #main a[href$='/add/']"


def test_axe_finds_nothing_anywhere_in_light_or_dark_and_all_fits_a_phone_and_200_percent(page: Page) -> None:
    desk.sign_in(page, "admin")
    found = []
    for _path in pages(page):
        found += violations(page)
        for size in (MAGNIFIED, PHONE):
            page.set_viewport_size(size)
            desk.expect_no_sideways_scroll(page)
        page.evaluate(IN_THE_DARK)
        found += violations(page, of_colours_alone=True)
        page.set_viewport_size(DESKTOP)
    assert not found


def pages(page: Page) -> Iterator[str]:
    """Goes to each page of the menu, then from each list to one of its records and to its form."""
    page.goto("/admin/")
    waiting = ["/admin/", *links(page, MENU)]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind not in seen:
            seen.add(kind)
            answer = page.goto(path)
            assert answer
            assert answer.ok, path
            yield path
            waiting += links(page, RECORDS)
    assert len(seen) > FEWEST


def kind_of(path: str) -> str:
    """Records of a list have one kind of page. The sandbox's lists are made all alike: one of them stands for all."""
    return re.sub(r"/sandbox/[^/]+/", "/sandbox/any/", re.sub(r"/[^/]+/change/$", "/change/", path))


def links(page: Page, where: str) -> list[str]:
    found = page.eval_on_selector_all(where, "links => links.map(link => link.pathname)")
    return list(dict.fromkeys(found))
