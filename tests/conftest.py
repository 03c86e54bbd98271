"""What all tests share. Nothing here needs Django before a test asks for it."""

import ipaddress
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import SettingsWrapper

    from tests.sandbox_process import SandboxProcess

JOURNEYS = Path(__file__).parent / "journeys"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--journeys", action="store_true", help="run the browser journeys, and only those")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(refuse_the_network)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: what waits for a process or a deadline leaves one to the others.

    The journeys share one program.
    """
    return 1 if config.getoption("--journeys") else (os.cpu_count() or 1) + 1


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Loading all tests takes seconds, and of these the journeys need none but their own."""
    is_journey = JOURNEYS in (collection_path, *collection_path.parents)
    is_wanted = collection_path.is_dir() or is_journey is config.getoption("--journeys")
    return None if is_wanted else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long goes first: begun last, it would keep everybody waiting for one process."""
    wanted = config.getoption("--journeys")
    others = [item for item in items if ("journey" in item.keywords) is not wanted]
    config.hook.pytest_deselected(items=others)
    items[:] = sorted((item for item in items if item not in others), key=lambda item: "long" not in item.keywords)
    for item in items:
        allow_our_databases(item)


def allow_our_databases(item: Any) -> None:
    """A test that may use the database may use all that are ours: on SQLite the log of hooks has one of its own."""
    marker = item.get_closest_marker("django_db")
    if marker or {"db", "transactional_db"} & set(item.fixturenames):
        from django.db import connections

        ours = [alias for alias in connections if alias != "sandbox"]
        item.add_marker(
            pytest.mark.django_db(**{"databases": ours} | (marker.kwargs if marker else {})), append=False
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--journeys"):
        terminalreporter.write_line("Browser journeys were left out; they run with: bin/test --journeys")


def refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: it sees every socket, whichever library opens it."""
    if event in ("socket.connect", "socket.sendto") and not is_near(arguments[1]):
        # Not an Exception on purpose: code under test that handles network errors must not handle this one.
        pytest.fail(f"A test tried to reach {arguments[1]}: only this computer is allowed.")


def is_near(address: Any) -> bool:
    """True for a unix socket and for the loopback addresses."""
    if not isinstance(address, tuple) or address[0] == "localhost":
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the database begins as a migrated copy, which is kept; on PostgreSQL see tests/pg.py."""
    from django.conf import settings

    from tests import migrated

    database = settings.DATABASES["default"]
    is_file = bool(database["ENGINE"] == "django.db.backends.sqlite3")
    if is_file:
        shutil.copyfile(migrated.database(), database["TEST"]["NAME"])
    return is_file


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    from tests import restored

    with django_db_blocker.unblock():
        restored.remember()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """tests/settings.py already gives every xdist worker databases of its own."""


@pytest.fixture(scope="session")
def sandbox() -> "Iterator[SandboxProcess]":
    """The sandbox as a process of its own, one for each xdist worker, started when first used."""
    from tests.sandbox_process import SandboxProcess

    process = SandboxProcess()
    yield process
    process.stop()


@pytest.fixture
def outvoice_sandbox(sandbox: "SandboxProcess", settings: "SettingsWrapper") -> "SandboxProcess":
    """The sandbox's OutVoice in its first state, and the settings that lead to it."""
    sandbox.reset("outvoice")
    settings.OUTVOICE_BASE_URL = sandbox.outvoice_url
    return sandbox
