import pytest
from django.contrib.auth import get_user_model

from contributors import services
from contributors.models import Contributor
from tests.contributors.factories import make_order
from voicehub.sync import lanes
from voicehub.sync.engine import drain_inline


@pytest.fixture
def outvoice(db, settings, outvoice_sandbox):
    """The sandbox's OutVoice, empty ledger, no faults, and the settings that point to it."""
    settings.OUTVOICE_BASE_URL = outvoice_sandbox.outvoice_url
    settings.OUTVOICE_READ_TIMEOUT = 2
    lanes.ensure_lanes()
    return outvoice_sandbox


@pytest.fixture
def editor(db):
    return get_user_model().objects.create_user("ed", is_staff=True)


@pytest.fixture
def settler(db):
    return get_user_model().objects.create_user("sam", is_staff=True)


@pytest.fixture
def connected(outvoice, editor):
    """The account is connected and its contributors are here."""
    connection = services.connect(email="editor@example.org", password="sandbox", user=editor)
    drain_inline()
    return connection


@pytest.fixture
def steve(connected):
    return Contributor.objects.get(name="Steve Rogers")


@pytest.fixture
def tony(connected):
    return Contributor.objects.get(name="Tony Stark")


@pytest.fixture
def natasha(connected):
    return Contributor.objects.get(name="Natasha Romanov")


@pytest.fixture
def pay(connected, editor):
    """Make and confirm an order: `pay((steve, "20"), (tony, "20.15"))` returns its lines."""

    def _pay(*lines, user=editor, **article):
        order = make_order(user, lines, **article)
        services.preview(order)
        services.confirm(order, user=user, lines_shown=services.digest(order))
        return list(order.lines.order_by("id"))

    return _pay
