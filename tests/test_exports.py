"""Every list goes out as a file that holds exactly what stands on it, and no secret."""

import csv
import io
from html import unescape

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.db import connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from tests.test_light import MOST_QUERIES, world  # noqa: F401 -- a fixture
from tests.test_permission_matrix import MODELS, is_exported
from voicehub.common.models import AuditEntry, User
from voicehub.sync.admin.exporting import ExportAdmin
from voicehub.sync.fields import EncryptedTextField

pytestmark = pytest.mark.django_db(databases="__all__")

# Why these lists have no export.
WITHOUT = {
    "telephony.phonenumber": "it has no list: numbers are looked up one by one",
}
# Their files are tables of their own: what can be read in again, or what an accountant needs.
OWN_TABLES = {
    "contributors.transaction",
    "campaigns.recipient",
    "common.donotcallnumber",
    "otp.otpapp",
    "telephony.notificationcall",
    "telephony.sipaccount",
    "telephony.smsmessage",
}
EXPORTED = [label for label in MODELS if is_exported(label)]


def address(label, page, *args):
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def lines_of(answer):
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def plain(html):
    return " ".join(unescape(strip_tags(html)).split())


def test_every_list_has_an_export_or_a_reason_why_not():
    ours = {
        model._meta.label_lower: one for model, one in site._registry.items() if model._meta.app_label != "sandbox"
    }
    without = {label for label, one in ours.items() if not isinstance(one, ExportAdmin)}
    assert without | {"telephony.phonenumber"} == set(WITHOUT)


SECRET = ("password", "token", "secret", "digest", "key")


def secrets_of(model):
    """The fields that stand encrypted or hashed in the database, or whose names say that they should."""
    fields = model._meta.concrete_fields
    return {one.name for one in fields if isinstance(one, EncryptedTextField) or one.name.endswith(SECRET)}


def as_superuser():
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="superuser")
    return request


@pytest.mark.parametrize("label", EXPORTED)
def test_an_export_holds_every_row_with_what_the_list_shows_of_it_in_few_queries(label, world):  # noqa: F811
    client, its_admin = world.client_of("superuser"), site.get_model_admin(apps.get_model(label))
    with CaptureQueriesContext(connections["default"]) as queries:
        header, *rows = lines_of(client.get(address(label, "export", "csv")))
    page = plain(client.get(address(label, "changelist")).content.decode()).casefold()
    shown = its_admin.get_changelist_instance(as_superuser())
    assert len(queries) <= MOST_QUERIES
    assert len(rows) == shown.queryset.count() > 0
    assert secrets_of(its_admin.model).isdisjoint(map(str, shown.list_display))
    if label not in OWN_TABLES:
        assert [one for one in header if one.casefold() not in page] == []
        assert [cell for cell in texts_of(rows[:3]) if cell.casefold() not in page] == []


def texts_of(rows):
    """The cells that a file and a page write alike: not times, numbers, and marks for yes and no."""
    return [cell for row in rows for cell in row if cell[:1].isalpha() and cell not in ("yes", "no")]


def test_what_is_searched_or_selected_goes_out_and_is_put_down(world):  # noqa: F811
    client = world.client_of("superuser")
    first, second = User.objects.filter(username__startswith="some").order_by("-pk")[:2]
    chosen = {"action": "export_selected_as_csv", "_selected_action": [first.pk]}
    *_header, row = lines_of(client.post(address("common.user", "changelist"), chosen))
    assert row[0] == first.username
    *_header, row = lines_of(client.get(address("common.user", "export", "csv"), {"q": second.username}))
    assert row[0] == second.username
    whys = AuditEntry.objects.filter(action="record.exported").order_by("-pk").values_list("reason", flat=True)
    assert list(whys[:2]) == [f"people: q={second.username}", "people: 1 chosen"]
