"""A bell (tests/gadgets/hooks.py) to ring: through Django's client, or as a web server hands requests over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client

from tests.gadgets.hooks import Bell
from tests.gadgets.models import Gadget
from voicehub.common.hooks import addresses, limits
from voicehub.common.hooks.models import HookAddress, HookRequest
from voicehub.sync.models import Connection


@dataclass
class Rung:
    """A bell: the path to ring it at, which holds the token."""

    gadget: Gadget
    path: str
    client: Client

    @property
    def token(self) -> str:
        return self.path.split("/")[-2]

    @property
    def address(self) -> HookAddress:
        return HookAddress.objects.get(target=str(self.gadget.pk))

    def ring(self, query: str = "", **extra: Any) -> Any:
        return self.client.get(f"{self.path}?{query}", **extra)

    def post(self, body: bytes, content_type: str = "application/x-www-form-urlencoded") -> Any:
        return self.client.post(self.path, body, content_type=content_type)


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Rung:
    """Nothing that an earlier test was told about an address is left."""
    monkeypatch.setattr(limits, "_last_word", {})
    account = Connection.objects.create(provider="gadgets", base_url="http://127.0.0.1:1", account="a")
    gadget = Gadget(name="Lamp", connection=account)
    gadget.save()
    return Rung(gadget, addresses.make(Bell(), str(gadget.pk), user=None), Client(raise_request_exception=False))


@pytest.fixture
def lines(bell: Rung) -> Callable[[], list[HookRequest]]:
    """What the log holds, oldest first."""
    return lambda: list(HookRequest.objects.order_by("pk"))


@dataclass
class Served:
    status: int
    body: bytes
    environ: dict[str, Any]


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Hand a request to the program as a web server does, with this for a body."""
    application = get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)

    def serve(path: str, source: Any = None, **environ: Any) -> Served:
        started: list[str] = []
        whole = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "RAW_URI": f"{path}?{environ.get('QUERY_STRING', '')}",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": source or BytesIO(),
            "wsgi.input_terminated": True,
            **environ,
        }
        answer = application(whole, lambda status, headers: started.append(status))
        body = b"".join(answer)
        answer.close()
        return Served(int(started[0].split()[0]), body, whole)

    yield serve
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
