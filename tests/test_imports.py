"""Who may import whom: the layers of docs/architecture.md, read from the source."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("contributors", "otp", "telephony", "campaigns")
CLIENTS = ("outvoice", "ourvoice", "voitex", "apidaze", "voiceshot")
# Rightwards may import leftwards, never the other way round.
ORDER = (("models",), CLIENTS, ("sync",), ("services",), ("forms", "tasks"), ("admin", "views"), ("urls",))
RANKS = {name: rank for rank, names in enumerate(ORDER) for name in names}


@dataclass(frozen=True)
class Layer:
    """What it may import: `ours`, packages of this project beside itself; `outside`, others' (None: any)."""

    ours: frozenset[str] = frozenset()
    outside: frozenset[str] | None = None


BELOW_THE_APPS = frozenset({"voicehub.remote", "voicehub.sync", "voicehub.common"})
LAYERS = {
    "voicehub.remote": Layer(outside=frozenset({"requests", "urllib3", "lxml"})),
    "voicehub.sync": Layer(ours=frozenset({"voicehub.remote"})),
    "voicehub.common": Layer(ours=frozenset({"voicehub.remote", "voicehub.sync"})),
    "voicehub.sandbox": Layer(outside=frozenset({"django", "lxml", "unfold"})),
    **{app: Layer(ours=BELOW_THE_APPS) for app in APPS},
}
OURS = ("voicehub", "tests", *APPS)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def imported_modules(source: str, module: str, is_package: bool = False) -> Iterator[str]:
    """Every module that the source may import, in functions too; `from a import b` counts as a and as a.b."""
    parts = module.split(".")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = parts[: len(parts) - node.level + is_package] if node.level else []
            base = ".".join([*start, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def offences(source: str, module: str, is_package: bool = False) -> list[str]:
    """What the module imports against the rules; one of no layer is at the top and may import anything."""
    home = next((name for name in LAYERS if is_within(module, name)), None)
    if home is None:
        return []
    imports = set(imported_modules(source, module, is_package))
    wrong = {name for name in imports if breaks_a_layer(name, home) or breaks_the_order(name, module, home)}
    return [f"{module} imports {name}" for name in sorted(wrong)]


def breaks_a_layer(name: str, home: str) -> bool:
    layer = LAYERS[home]
    top = name.partition(".")[0]
    if top in OURS:
        # "from voicehub import sync" names the bare package as well, which holds nothing.
        return name != "voicehub" and not any(is_within(name, allowed) for allowed in (home, *layer.ours))
    return layer.outside is not None and top not in layer.outside and top not in sys.stdlib_module_names


def breaks_the_order(name: str, module: str, home: str) -> bool:
    if home not in APPS or not is_within(name, home):
        return False
    here, there = part_of(module, home), part_of(name, home)
    if here in CLIENTS:
        return there == "models" or RANKS.get(there, -1) > RANKS[here]
    return here in RANKS and RANKS.get(there, -1) > RANKS[here]


def part_of(module: str, app: str) -> str:
    """`models` for `telephony.models.sip`."""
    return module.removeprefix(app).lstrip(".").partition(".")[0]


def project_modules() -> Iterator[tuple[Path, str, bool]]:
    for top in ("voicehub", *APPS):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            if "migrations" not in parts:
                yield path, ".".join(parts[:-1] if is_package else parts), is_package


def test_every_module_keeps_to_its_layer():
    found = [
        line
        for path, module, is_package in project_modules()
        for line in offences(path.read_text(), module, is_package)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("voicehub.remote.http", "from django.conf import settings"),
        ("voicehub.remote.http", "def send():\n    import voicehub.sync.models"),
        ("voicehub.sync.engine", "from voicehub.common.audit import record"),
        ("voicehub.sync.engine", "from voicehub import common"),
        ("voicehub.sync.engine", "from ..common import audit"),
        ("voicehub.sync.engine", "from voicehub.dashboard import MENU"),
        ("voicehub.common.audit", "import contributors.models"),
        ("voicehub.common.audit", "from tests.gadgets.models import Gadget"),
        ("voicehub.sandbox.server", "from voicehub.remote.parsing import parse_json"),
        ("voicehub.sandbox.server", "import requests"),
        ("contributors.services", "from voicehub.sandbox.models import Payee"),
        ("contributors.services", "from otp.models import OtpApp"),
        ("contributors.models", "from contributors.services import pay"),
        ("contributors.sync", "from . import admin"),
        ("contributors.outvoice", "from contributors.models import Transaction"),
        ("telephony.models.sip", "from ..apidaze import ApidazeClient"),
    ],
)
def test_a_forbidden_import_is_found(module, source):
    assert offences(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("voicehub.remote.http", "import requests\nfrom voicehub.remote.errors import UncertainError"),
        ("voicehub.sync.engine", "from voicehub.remote import errors\nfrom . import lanes"),
        ("voicehub.common.audit", "from voicehub import sync"),
        ("voicehub.supervisor", "import contributors.models"),
        ("contributors.services", "from contributors.models import Transaction\nfrom .outvoice import parse"),
        ("contributors.admin", "from contributors import forms, services, views"),
        ("contributors.urls", "from . import admin"),
    ],
)
def test_an_allowed_import_is_not(module, source):
    assert offences(source, module) == []
