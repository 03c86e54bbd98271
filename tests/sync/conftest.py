import pytest
from django.conf import settings

from tests.gadgets.models import Gadget, Ping
from tests.gadgets.server import GadgetServer
from voicehub.sync import lanes, queue
from voicehub.sync.models import Connection


@pytest.fixture
def provider(settings):
    """The gadget provider, running, and the settings that point to it."""
    server = GadgetServer()
    settings.GADGETS_URL = settings.PINGS_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def gadget_pages(monkeypatch):
    """The admin with the gadgets beside what is ours. Set past Django's signal, which would forget all addresses."""
    monkeypatch.setattr(settings, "ROOT_URLCONF", "tests.sync.test_admin_site")


@pytest.fixture
def connection(db, provider):
    lanes.ensure_lanes()
    return Connection.objects.create(provider="gadgets", base_url=provider.url, account="a")


@pytest.fixture
def make_gadget(connection):
    def make(name="Lamp", **values):
        gadget = Gadget(name=name, connection=connection, **values)
        gadget.save()
        return gadget

    return make


@pytest.fixture
def make_ping(connection):
    """A ping and the once-only job that sends it, in a lane of their own."""
    through = Connection.objects.create(provider="pings", base_url=connection.base_url, account="a")

    def make(name="ping", user=None):
        ping = Ping.objects.create(name=name, connection=through)
        return ping, queue.send_once(ping, user=user)

    return make
