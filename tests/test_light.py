"""Every list of the admin is light: few queries and few bytes, however many rows stand on its page."""

import gzip
import uuid
from copy import copy
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.common.factories import make_person
from tests.test_permission_matrix import MODELS, World, make_records, session_of, undone

MOST_QUERIES = 15
MOST_BYTES = 25_000
ROWS = 30
# The providers are five; of the others a page holds what its models allow to be alike.
FEWER = ("sync.lane", "sync.syncjob", "telephony.sipaccount", "sandbox.apidazesipaccount")

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), override_settings(VOICESHOT_ACCOUNT="main"), undone():
        superuser = make_person("superuser", is_superuser=True)
        records = make_records(superuser)
        for label in MODELS:
            multiply(apps.get_model(label)._base_manager.get(pk=records[label]))
        yield World({"superuser": session_of(superuser)}, records)


def multiply(record: Any) -> None:
    """Put more of its kind beside a record; what has to be unique is made so."""
    copies = [copied(record, number) for number in range(ROWS)]
    models.QuerySet(type(record), using=record._state.db).bulk_create(copies, ignore_conflicts=True)


def copied(record: Any, number: int) -> Any:
    twin = copy(record)
    twin._state = copy(record._state)
    for field in has_to_differ(record._meta):
        setattr(twin, field.attname, another(field, getattr(record, field.attname), number))
    return twin


def has_to_differ(options: Any) -> list[Any]:
    """Every unique field, and of those that are unique together the last one."""
    together = [constraint.fields for constraint in options.constraints if getattr(constraint, "fields", ())]
    last = {name for names in together for name in [n for n in names if not options.get_field(n).is_relation][-1:]}
    return [field for field in options.concrete_fields if field.unique or field.name in last]


def another(field: Any, value: Any, number: int) -> Any:
    if field.is_relation:
        return value
    if isinstance(field, models.AutoField):
        return None
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.IntegerField):
        return value + number + 1
    return f"{value[: (field.max_length or 99) - 3]}{number}" if isinstance(value, str) else value


@pytest.mark.parametrize("label", MODELS)
def test_a_list_takes_few_queries_and_few_bytes(label, world):
    client = world.client_of("superuser")
    ours = connections["sandbox" if label.startswith("sandbox.") else "default"]
    with CaptureQueriesContext(ours) as queries:
        answer = client.get(reverse(f"admin:{label.replace('.', '_')}_changelist"))
    weight, rows = len(gzip.compress(answer.content)), answer.content.count(b"data-row")
    assert rows == 25 or label in FEWER
    assert len(queries) <= MOST_QUERIES
    assert weight <= MOST_BYTES
