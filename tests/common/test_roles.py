import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from voicehub.common.roles import STAFF, grant

pytestmark = pytest.mark.django_db


def codenames(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_a_grant_makes_the_permission_itself_and_can_be_taken_back():
    Permission.objects.filter(codename="use_stop_switch").delete()
    before = codenames(STAFF)
    migration = grant(STAFF, {"sync.lane": ["use_stop_switch"]})
    migration.code(apps, None)
    assert codenames(STAFF) == before | {"use_stop_switch"}
    assert Permission.objects.get(codename="use_stop_switch").name == "Can stop and release a provider"
    migration.reverse_code(apps, None)
    assert codenames(STAFF) == before


def test_a_grant_keeps_what_an_installation_has_changed():
    own = Permission.objects.get(codename="manage_people")
    Group.objects.get(name=STAFF).permissions.set([own])
    grant(STAFF, {"sync.lane": ["view_lane"]}).code(apps, None)
    assert codenames(STAFF) == {"manage_people", "view_lane"}


def test_a_grant_of_a_permission_that_nobody_declares_fails():
    with pytest.raises(LookupError, match="fly_lane"):
        grant(STAFF, {"sync.lane": ["fly_lane"]}).code(apps, None)
