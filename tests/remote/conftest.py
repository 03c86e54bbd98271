from collections.abc import Callable, Iterator

import pytest

from tests.remote.rawserver import Peer, RawServer
from voicehub.remote import wire
from voicehub.remote.http import ApiClient, ExchangeRecord
from voicehub.remote.redaction import Redactor
from voicehub.remote.wire import Timeouts


@pytest.fixture(autouse=True)
def no_kept_connections() -> None:
    """Each test begins with connections of its own: a port may come twice."""
    wire.close_kept_connections()


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    servers: list[RawServer] = []

    def start(*scripts: Callable[[Peer], None]) -> RawServer:
        servers.append(RawServer(*scripts))
        return servers[-1]

    yield start
    wire.close_kept_connections()
    for server in servers:
        server.stop()


@pytest.fixture
def records() -> list[ExchangeRecord]:
    return []


@pytest.fixture
def client_of(records: list[ExchangeRecord]) -> Callable[..., ApiClient]:
    def make(server: RawServer | str, *, connect=1.0, read=0.5, total=2.0, **options) -> ApiClient:
        url = server if isinstance(server, str) else server.url
        options = {"redactor": Redactor(), "on_exchange": records.append, **options}
        return ApiClient(url, timeouts=Timeouts(connect, read, total), **options)

    return make
