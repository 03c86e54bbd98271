"""The sandbox as tests use it: a process of its own, spoken to over its control interface."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
OWN_SETTINGS = {"DJANGO_SETTINGS_MODULE": "voicehub.settings", "VOICEHUB_MODE": "demo"}
FOREIGN_SETTINGS = ("DATABASE_URL", "REDIS_URL")
SECONDS_TO_STOP = 5


class SandboxProcess:
    """Runs `manage.py sandbox` on a free port, ready when made.

    Without a folder its data lies in a temporary one, which goes when it stops; with one, it stays there.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="voicehub-sandbox-")
        self._errors = Path(self._temporary.name) / "stderr"
        self._session = requests.Session()
        # A proxy of the environment has nothing to do with loopback.
        self._session.trust_env = False
        self._process = self._start(folder or Path(self._temporary.name))
        self.url = self._ready_url()

    @property
    def outvoice_url(self) -> str:
        return f"{self.url}/outvoice"

    @property
    def voiceshot_url(self) -> str:
        return f"{self.url}/voiceshot/ivrapi.asp"

    @property
    def ourvoice_url(self) -> str:
        return f"{self.url}/ourvoice/v1"

    @property
    def apidaze_url(self) -> str:
        """The gateway of KPN, where APIDAZE_BASE_URL leads to."""
        return f"{self.url}/apidaze/communication/apidaze/cpaas"

    @property
    def apidaze_token_url(self) -> str:
        return f"{self.url}/apidaze/oauth/client_credential/accesstoken"

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> int:
        """End the process; returns its exit code."""
        self._session.close()
        self._process.terminate()
        try:
            return self._process.wait(SECONDS_TO_STOP)
        finally:
            self._process.kill()
            self._process.communicate()
            self._temporary.cleanup()

    def reset(self, provider: str | None = None) -> None:
        """First records, no calls, no faults: of one provider, which is quicker, or of all."""
        self._ask("POST", "reset", {"provider": provider} if provider else {})

    def fault(
        self, provider: str, operation: str, kind: str, count: int = 1, value: float | str | None = None
    ) -> None:
        """Let the next `count` calls of the operation (`*`: of any) go wrong."""
        payload = {"provider": provider, "operation": operation, "kind": kind, "count": count, "value": value}
        self._ask("POST", "faults", payload)

    def faults(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "faults")["faults"])

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def calls(self, provider: str | None = None, operation: str | None = None) -> list[dict[str, Any]]:
        """Every request received since the last reset, the newest last."""
        wanted = {"provider": provider, "operation": operation}
        return list(self._ask("GET", "calls", parameters=wanted)["calls"])

    def records(self, provider: str) -> dict[str, Any]:
        return self._ask("GET", "records", parameters={"provider": provider})

    def edit(self, provider: str, **edits: Any) -> None:
        """Change a provider's records as its control interface offers it."""
        self._ask("POST", "records", {"provider": provider, **edits})

    def errand(self, provider: str, **errand: Any) -> dict[str, Any]:
        """Have a provider do something of its own accord; gives what came of it."""
        return dict(self._ask("POST", "errands", {"provider": provider, **errand}))

    def ledger(self) -> list[dict[str, Any]]:
        """The payments that OutVoice has booked, the oldest first."""
        return list(self.records("outvoice")["ledger"])

    def set_payees(self, names: Mapping[str, str]) -> None:
        """These, by id, are OutVoice's whole list."""
        self._edit("outvoice", payees=dict(names))

    def deactivate_payee(self, payee_id: str) -> None:
        """OutVoice knows this one still, but neither lists nor pays it."""
        self._edit("outvoice", deactivate_payee=payee_id)

    def expire_tokens(self, *, refresh_too: bool = False) -> None:
        """OutVoice's access tokens are too old from now on, and its refresh tokens as well if asked."""
        self._edit("outvoice", expire_tokens=True)
        if refresh_too:
            self._edit("outvoice", expire_refresh_tokens=True)

    def revoke_tokens(self) -> None:
        """None of OutVoice's tokens is good any more."""
        self._edit("outvoice", revoke_tokens=True)

    def apps(self) -> dict[str, dict[str, Any]]:
        """The apps that stand at Ourvoice, by id, the oldest first."""
        rows = self.records("ourvoice")["apps"]
        return {row["app_id"]: row for row in rows if row["deleted_at"] is None}

    def add_apps(self, *names: str, **values: Any) -> None:
        """Somebody makes apps of these names on Ourvoice's own site."""
        self._edit("ourvoice", add_apps=[{"name": name, **values} for name in names])

    def change_app(self, app_id: str, **values: Any) -> None:
        """Somebody changes an app on Ourvoice's own site."""
        self._edit("ourvoice", change_app={"app_id": app_id, **values})

    def delete_app(self, app_id: str) -> None:
        """Somebody deletes an app on Ourvoice's own site."""
        self._edit("ourvoice", delete_app=app_id)

    def switch_ourvoice(self, **switches: Any) -> None:
        """How Ourvoice answers where its documents leave it open."""
        self._edit("ourvoice", switch=switches)

    def sip_accounts(self) -> dict[str, dict[str, Any]]:
        """The SIP accounts that stand at Apidaze, by username, the oldest first, passwords included."""
        return {row["username"]: row for row in self.records("apidaze")["accounts"]}

    def add_sip_accounts(self, *usernames: str, **values: Any) -> None:
        """Somebody makes SIP accounts on Apidaze's own site."""
        self._edit("apidaze", add_accounts=[{"username": username, **values} for username in usernames])

    def change_sip_account(self, username: str, **values: Any) -> None:
        """Somebody changes a SIP account on Apidaze's own site, or a phone signs in: `is_registered=True`."""
        self._edit("apidaze", change_account={"username": username, **values})

    def delete_sip_account(self, username: str) -> None:
        """Somebody deletes a SIP account on Apidaze's own site."""
        self._edit("apidaze", delete_account=username)

    def scripts(self) -> list[dict[str, Any]]:
        """The external scripts that are registered at Apidaze: one at the most, unless tests made more."""
        return list(self.records("apidaze")["scripts"])

    def set_scripts(self, *urls: str) -> None:
        """These addresses, or none, are all that is registered at Apidaze."""
        self._edit("apidaze", set_scripts=[{"url": url, "name": "main"} for url in urls])

    def call_number(self, destination_number: str, **plan: Any) -> dict[str, Any]:
        """Somebody calls: the registered script is loaded and followed; returns the transcript.

        The plan may name `caller_id_number`, `caller` (a SIP account), `digits` and `results`, one for each menu and
        each dial, and the `method` of the loads.
        """
        plan["destination_number"] = destination_number
        return self._ask("POST", "errands", {"provider": "apidaze", "call": plan})

    def switch_apidaze(self, **switches: Any) -> None:
        """How Apidaze answers where its documents leave it open, its quota, and whether there is a subscription."""
        self._edit("apidaze", switch=switches)

    def expire_apidaze_tokens(self) -> None:
        """KPN's tokens are too old from now on, whatever was said when they were given out."""
        self._edit("apidaze", expire_tokens=True)

    def _edit(self, provider: str, **edits: Any) -> None:
        self._ask("POST", "records", {"provider": provider, **edits})

    def _ask(
        self, method: str, name: str, payload: Any = None, parameters: Mapping[str, str | None] | None = None
    ) -> dict[str, Any]:
        url = f"{self.url}/_sandbox/{name}"
        answer = self._session.request(method, url, json=payload, params=parameters, timeout=30)
        assert answer.ok, answer.text
        return dict(answer.json())

    def _start(self, folder: Path) -> "subprocess.Popen[str]":
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN_SETTINGS}
        with self._errors.open("w") as errors:
            return subprocess.Popen(
                [sys.executable, "manage.py", "sandbox", "--port", "0"],
                cwd=ROOT,
                env=environment | OWN_SETTINGS | {"VOICEHUB_DATA_DIR": str(folder), "VOICEHUB_IGNORE_DOTENV": "1"},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def _ready_url(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.startswith("Sandbox ready on "):
            complaint = self._errors.read_text()
            self.stop()
            raise RuntimeError(f"The sandbox did not start: {line}{complaint}")
        return line.split()[-1].rstrip("/")
