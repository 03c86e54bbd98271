"""The program and the browser that all journeys share, and what holds on every page of every journey."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Request, expect

from tests.journeys.desk import PATIENCE_MILLISECONDS
from tests.journeys.program import Program, Sandbox, chromium

LOOPBACK = "127.0.0.1"
HOSTLESS = ("data", "blob", "about")

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def program() -> Iterator[Program]:
    running = Program()
    yield running
    code = running.stop()
    assert code == 0, running.said


@pytest.fixture
def sandbox(program: Program) -> Iterator[Sandbox]:
    yield program.sandbox
    program.sandbox.clear_faults()


@pytest.fixture(scope="session")
def base_url(program: Program) -> str:
    return program.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | chromium()


@pytest.fixture(autouse=True)
def complaints() -> Iterator[list[str]]:
    """What no page may do: write an error to the console, or reach for another host."""
    seen: list[str] = []
    yield seen
    assert not seen


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], complaints: list[str]) -> Callable[..., BrowserContext]:
    """Every browser window of a journey is watched."""

    def opened(**wishes: Any) -> BrowserContext:
        context = new_context(**wishes)
        watch(context, complaints)
        return context

    return opened


def watch(context: BrowserContext, complaints: list[str]) -> None:
    def look_at(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in HOSTLESS and address.hostname != LOOPBACK:
            complaints.append(f"asked for {request.url}")

    context.on("request", look_at)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on(
        "console",
        lambda said: complaints.append(f"console: {said.text} ({said.location})") if said.type == "error" else None,
    )
