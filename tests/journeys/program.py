"""The whole program as a newcomer starts it, and both ends of it: pages in a browser, the provider's ledger."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import psutil
import requests

ROOT = Path(__file__).resolve().parent.parent.parent
READY = "VoiceHub is ready: "
OWN_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "voicehub.settings",
    "VOICEHUB_IGNORE_DOTENV": "true",
    "VOICEHUB_MODE": "demo",
    "PAYMENT_UNDO_SECONDS": "2",
    "PAYMENT_APPROVAL_ABOVE": "USD=5000",
    "SYNC_LEASE_SECONDS": "6",
}
FOREIGN_SETTINGS = ("DATABASE_URL", "REDIS_URL")
SECONDS_TO_START = 100
SECONDS_TO_STOP = 30
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> dict[str, Any]:
    """How the system's own Chromium is launched, as arguments of Playwright's `launch`."""
    path = shutil.which("chromium")
    assert path, "The journeys need a browser: install the package chromium."
    return {"executable_path": path, "args": CHROMIUM_ARGUMENTS}


class Sandbox:
    """The provider's side, over the sandbox's control interface."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.port = int(url.rpartition(":")[2])
        self._session = requests.Session()
        # A proxy of the environment has nothing to do with loopback.
        self._session.trust_env = False

    def booked(self, title: str) -> list[int]:
        """The cents that OutVoice has booked for the article of that title, the oldest first."""
        return [row["cents"] for row in self.ledger() if row["title"] == title]

    def ledger(self) -> list[dict[str, Any]]:
        """All that OutVoice has booked, the oldest first."""
        return list(self._ask("GET", "records?provider=outvoice")["ledger"])

    def app_named(self, name: str) -> dict[str, Any]:
        """The one app of that name at Ourvoice."""
        apps = self._ask("GET", "records?provider=ourvoice")["apps"]
        (app,) = [app for app in apps if app["name"] == name and app["deleted_at"] is None]
        return dict(app)

    def any_app(self) -> dict[str, Any]:
        """One of the apps at Ourvoice."""
        return next(
            dict(app) for app in self._ask("GET", "records?provider=ourvoice")["apps"] if not app["deleted_at"]
        )

    def codes_sent(self) -> list[dict[str, Any]]:
        """The codes that Ourvoice has sent, the oldest first."""
        return list(self._ask("GET", "records?provider=ourvoice")["codes"])

    def change_app(self, app_id: str, **values: Any) -> None:
        """A colleague changes an app on Ourvoice's own site."""
        edit = {"provider": "ourvoice", "change_app": {"app_id": app_id, **values}}
        self._ask("POST", "records", edit)

    def sip_accounts(self) -> dict[str, dict[str, Any]]:
        """The SIP accounts that stand at Apidaze, by username, passwords included."""
        rows = self._ask("GET", "records?provider=apidaze")["accounts"]
        return {row["username"]: row for row in rows}

    def call_number(self, destination_number: str, **plan: Any) -> dict[str, Any]:
        """Somebody calls: Apidaze loads the registered script and follows it; returns the transcript."""
        plan["destination_number"] = destination_number
        return self._ask("POST", "errands", {"provider": "apidaze", "call": plan})

    def call_hotline(self, did: str, trigger_url: str, **plan: Any) -> dict[str, Any]:
        """Somebody calls a hotline of Voitex, whose Trigger branch asks at the address; returns what happened."""
        self._ask("POST", "records", {"provider": "voitex", "set_trigger": {"did": did, "url": trigger_url}})
        return self._ask("POST", "errands", {"provider": "voitex", "call": {"did": did, **plan}})

    def voiceshot_calls(self) -> list[dict[str, Any]]:
        """Every call that was put into VoiceShot's queue and not deleted, the oldest first."""
        return list(self._ask("GET", "records?provider=voiceshot")["calls"])

    def dial_faster(self, calls_a_second: float) -> None:
        """VoiceShot works off so many calls a second."""
        switch = {"calls_a_second": calls_a_second}
        self._ask("POST", "records", {"provider": "voiceshot", "switch": switch})

    def fail_at(
        self, provider: str, operation: str, kind: str, count: int = 1, value: float | str | None = None
    ) -> None:
        """Let the next `count` calls of an operation go wrong."""
        fault = {"provider": provider, "operation": operation, "kind": kind, "count": count, "value": value}
        self._ask("POST", "faults", fault)

    def dial(self, kind: str, count: int = 1, value: float | str | None = None) -> None:
        """Let the next `count` payments go wrong."""
        fault = {"provider": "outvoice", "operation": "transaction", "kind": kind, "count": count, "value": value}
        self._ask("POST", "faults", fault)

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def close(self) -> None:
        self._session.close()

    def _ask(self, method: str, name: str, payload: Any = None) -> dict[str, Any]:
        answer = self._session.request(method, f"{self._url}/_sandbox/{name}", json=payload, timeout=30)
        assert answer.ok, answer.text
        return dict(answer.json())


class Program:
    """Runs `manage.py up` on fresh data and free ports; it is ready when made."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="voicehub-journeys-")
        web, sandbox = free_ports(2)
        self.url = f"http://127.0.0.1:{web}"
        self.sandbox = Sandbox(f"http://127.0.0.1:{sandbox}")
        ports = {"PORT": str(web), "SANDBOX_PORT": str(sandbox), "VOICEHUB_DATA_DIR": self._folder.name}
        self._process = start(OWN_SETTINGS | ports)
        self._said: list[str] = []
        self._wait_until_ready()

    @property
    def said(self) -> str:
        """Everything that it has printed so far."""
        return "\n".join(self._said)

    def kill_a_worker_in_mid_call(self) -> None:
        """End, without a warning, one process that has a call to the sandbox open; waits until there is one."""
        ends_at = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < ends_at:
            for process in psutil.Process(self._process.pid).children(recursive=True):
                if calls_the_sandbox(process, self.sandbox.port):
                    process.kill()
                    return
        raise RuntimeError("No worker made a call.")

    def stop(self) -> int:
        """End it as a service manager does; returns its exit code."""
        self.sandbox.close()
        self._process.terminate()
        try:
            return self._process.wait(SECONDS_TO_STOP)
        finally:
            self._process.kill()
            self._process.wait()
            self._folder.cleanup()

    def _wait_until_ready(self) -> None:
        lines: SimpleQueue[str | None] = SimpleQueue()
        # It goes on to the end: a full pipe would make the program wait.
        threading.Thread(target=self._listen, args=(lines,), daemon=True).start()
        try:
            while line := lines.get(timeout=SECONDS_TO_START):
                if READY in line:
                    return
        except Empty:
            pass
        self.stop()
        raise RuntimeError(f"VoiceHub did not start:\n{self.said}")

    def _listen(self, lines: "SimpleQueue[str | None]") -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._said.append(line.rstrip("\n"))
            lines.put(line)
        lines.put(None)


def calls_the_sandbox(process: psutil.Process, port: int) -> bool:
    try:
        return any(open_.raddr and open_.raddr.port == port for open_ in process.net_connections("tcp"))
    except psutil.Error:
        return False


def start(settings: dict[str, str]) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN_SETTINGS}
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=environment | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_ports(count: int) -> list[int]:
    """Different ones, because all are held until the last is found."""
    with ExitStack() as held:
        listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]
