"""The settings of the tests: the real ones, on data of their own, deaf to the shell they are started from."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _start_run() -> None:
    """The first process of a run makes the folder; whatever it starts finds it in its environment."""
    folder = tempfile.mkdtemp(prefix="voicehub-tests-")
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(folder, ignore_errors=True))
    lines = (ROOT / ".env.example").read_text().splitlines()
    for name in [line.lstrip("#").partition("=")[0] for line in lines if "=" in line]:
        if name != "DATABASE_URL":
            os.environ.pop(name, None)
    os.environ.update(VOICEHUB_TESTS_DIR=folder, VOICEHUB_IGNORE_DOTENV="true")


if "VOICEHUB_TESTS_DIR" not in os.environ:
    _start_run()

PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("VOICEHUB_TESTS_PROCESS") != PROCESS:
    folder = str(Path(os.environ["VOICEHUB_TESTS_DIR"]) / PROCESS)
    os.environ.update(VOICEHUB_TESTS_PROCESS=PROCESS, VOICEHUB_DATA_DIR=folder)

from voicehub.settings import *  # noqa: E402, F403
from voicehub.settings import DATABASES, INSTALLED_APPS, STATIC_ROOT, STORAGES, VOICEHUB_DATA_DIR  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.gadgets"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Nothing is collected, but every client of a test looks there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Payments go out at once unless a test is about the time in which they can be taken back.
PAYMENT_UNDO_SECONDS = 0

# A key, or the name of an account, is one that the sweep would read: only the tests of these providers have it.
OURVOICE_API_KEY = APIDAZE_CLIENT_SECRET = VOICESHOT_ACCOUNT = ""

# Another thread does not see the transaction of a test.
HOOK_LOG_IN_BACKGROUND = False

# Files, not memory: threads and processes that a test starts open the same database.
for _alias, _database in DATABASES.items():
    _is_file = _database["ENGINE"] == "django.db.backends.sqlite3"
    _name = str(VOICEHUB_DATA_DIR / f"test-{_alias}.sqlite3") if _is_file else f"test_voicehub_{PROCESS}"
    # Only ours is migrated, as users' data will be; the other tables are made from the models, which is quicker.
    _database["TEST"] = {"NAME": _name, "MIGRATE": _alias == "default"}
    if "PYTEST_CURRENT_TEST" in os.environ:
        _database["NAME"] = _name

# The made-up provider of tests/gadgets; its fixture fills in the address.
GADGETS_URL = PINGS_URL = "http://127.0.0.1:1"
GADGETS_CONCURRENCY = 4
GADGETS_READ_TIMEOUT = 2
