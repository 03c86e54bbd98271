"""What README and docs say exists: pages, headings, pictures, files of the program."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PICTURES = ROOT / "docs" / "pictures"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SOURCE = re.compile(r"""(?:src|srcset|href)="([^"]+)\"""")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
CODE = re.compile(r"`([^`\n]+)`")
NAMED = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:py|js|html|md|toml|lock)")
# Where a path named in the docs may begin: readers know in which of them they are.
BEGINNINGS = (
    "",
    "voicehub",
    "voicehub/common",
    "voicehub/sync",
    "campaigns",
    "contributors",
    "otp",
    "telephony",
)
# Made while it runs, addresses, and kinds of content.
NOT_OF_THE_SOURCE = re.compile(r"^(\.venv|var/|hooks/|phone/|text/|multipart/|\d)")


def test_every_link_and_picture_leads_somewhere() -> None:
    lost = [f"{name(page)}: {target}" for page in pages() for target in targets(page) if not leads(page, target)]
    assert not lost


def test_every_page_is_reached_from_the_readme() -> None:
    assert set(pages()) == set(reached(README))


def test_every_picture_is_shown_on_a_page() -> None:
    """In one of its looks."""
    shown = {shot((page.parent / target).resolve()) for page in pages() for target in targets(page)}
    assert {shot(picture) for picture in PICTURES.iterdir()} <= shown


def test_every_file_of_the_program_that_is_named_exists() -> None:
    lost = [f"{name(page)}: {path}" for page in pages() for path in named(page) if not exists(page, path)]
    assert not lost


def pages() -> list[Path]:
    return [README, *sorted((ROOT / "docs").rglob("*.md"))]


def shot(picture: Path) -> Path:
    return picture.with_stem(re.sub(r"-(dark|phone)$", "", picture.stem))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def targets(page: Path) -> Iterator[str]:
    """Links and pictures that are not on another host."""
    text = prose(page)
    for target in (*LINK.findall(text), *SOURCE.findall(text)):
        if "://" not in target and not target.startswith("mailto:"):
            yield target


def leads(page: Path, target: str) -> bool:
    path, _hash, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or anchor in anchors(file))


@cache
def anchors(page: Path) -> set[str]:
    """The marks that GitHub gives headings."""
    headings = re.findall(r"^#+ +(.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def reached(start: Path) -> Iterator[Path]:
    waiting, seen = [start], {start}
    while waiting:
        page = waiting.pop()
        yield page
        linked = {(page.parent / target.partition("#")[0]).resolve() for target in targets(page)}
        fresh = {path for path in linked if path.suffix == ".md"} - seen
        waiting += sorted(fresh)
        seen |= fresh


def named(page: Path) -> Iterator[str]:
    for code in CODE.findall(prose(page)):
        if NAMED.fullmatch(code) and not NOT_OF_THE_SOURCE.search(code):
            yield code


def exists(page: Path, path: str) -> bool:
    if "/" in path:
        return any((ROOT / beginning / path).exists() for beginning in BEGINNINGS)
    return path in file_names()


@cache
def file_names() -> set[str]:
    """Of a file that is named alone, or beside another."""
    folders = ("bin", "docs", "templates", "tests", "voicehub", "campaigns", "contributors", "otp", "telephony")
    return {file.name for folder in folders for file in (ROOT / folder).rglob("*")} | {
        file.name for file in ROOT.iterdir()
    }
