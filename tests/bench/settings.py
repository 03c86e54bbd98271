"""The product's settings plus the gadgets that the benchmarks push about."""

import os

from voicehub.settings import *  # noqa: F403
from voicehub.settings import INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.gadgets"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
GADGETS_URL = os.environ.get("GADGETS_URL", "http://127.0.0.1:1")
PINGS_URL = GADGETS_URL
GADGETS_CONCURRENCY = int(os.environ.get("GADGETS_CONCURRENCY", "8"))
GADGETS_READ_TIMEOUT = 30
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
