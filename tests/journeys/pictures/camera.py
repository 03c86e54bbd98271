"""Takes pages as people see them: light, dark and on a phone."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys import desk

# A longer page is shown as far as a tall window would.
TALLEST = 2640
QUALITY = 32
MILLISECONDS_TO_SETTLE = 300

Open = Callable[[Page], Any]


@dataclass(frozen=True)
class Look:
    """One of the ways in which each page is taken. Sharp is how many dots a point has."""

    ending: str
    colours: Literal["light", "dark"] = "light"
    width: int = 1280
    height: int = 760
    sharp: float = 1


LOOKS = (Look(""), Look("-dark", "dark"), Look("-phone", width=390, height=844, sharp=1.25))


@dataclass(frozen=True)
class Shot:
    """A picture: its name, whose screen it is (empty: nobody has signed in), and the way to the page."""

    name: str
    person: str
    open: Open


class Camera:
    """Windows of the people of the demo, and the folder where pictures of them go."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self._browser, self._url, self._folder = browser, url, folder
        self._signed_in: dict[str, Any] = {"": None}

    def take(self, shot: Shot) -> None:
        """In every look."""
        with self.window(shot.person) as page:
            shot.open(page)
            page.wait_for_load_state("networkidle")
            for look in LOOKS:
                (self._folder / f"{shot.name}{look.ending}.webp").write_bytes(picture(page, look))

    @contextmanager
    def window(self, person: str) -> Iterator[Page]:
        if person not in self._signed_in:
            self._signed_in[person] = self._sign_in(person)
        context = self._context(self._signed_in[person])
        yield context.new_page()
        context.close()

    def _sign_in(self, person: str) -> Any:
        context = self._context(None)
        desk.sign_in(context.new_page(), person)
        state = context.storage_state()
        context.close()
        return state

    def _context(self, signed_in: Any) -> BrowserContext:
        context = self._browser.new_context(base_url=self._url, storage_state=signed_in, reduced_motion="reduce")
        context.set_default_timeout(4 * desk.PATIENCE_MILLISECONDS)
        return context


def picture(page: Page, look: Look) -> bytes:
    """As WebP: a fraction of a PNG, and Chromium writes it by itself."""
    paint(page, look.colours)
    height = fit_window(page, look)
    shown = {"x": 0, "y": 0, "width": look.width, "height": height, "scale": look.sharp}
    wish = {"format": "webp", "quality": QUALITY, "clip": shown}
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", wish)
    return base64.b64decode(taken["data"])


def paint(page: Page, colours: Literal["light", "dark"]) -> None:
    """The theme looks at what the browser prefers only while a page loads."""
    page.emulate_media(color_scheme=colours)
    page.evaluate("isDark => document.documentElement.classList.toggle('dark', isDark)", colours == "dark")


def fit_window(page: Page, look: Look) -> int:
    """The whole page in one window: what sticks to the lower edge would else lie across the picture."""
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    height = max(look.height, min(height, TALLEST))
    page.set_viewport_size({"width": look.width, "height": height})
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    return height
