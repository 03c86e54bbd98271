from http import HTTPStatus

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.common.factories import make_person
from voicehub.common import audit
from voicehub.common.models import AppendOnlyError, AuditEntry
from voicehub.common.roles import ADMINS, STAFF
from voicehub.sync import services
from voicehub.sync.models import Lane

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_person("ada", ADMINS)


def test_an_entry_says_who_did_what_to_what_and_why(person):
    entry = audit.record("lane.stopped", person, person, reason="They asked us to", until="tomorrow")
    entry.refresh_from_db()
    assert (entry.actor, entry.action, entry.reason) == (person, "lane.stopped", "They asked us to")
    assert (entry.object_model, entry.object_id, entry.object_label) == ("common.user", str(person.pk), "ada")
    assert entry.data == {"until": "tomorrow"}


def test_an_entry_is_never_changed_or_removed(person):
    entry = audit.record("lane.stopped", person)
    entry.reason = "something else"
    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(reason="something else"),
        lambda: AuditEntry.objects.bulk_update([entry], ["reason"]),
    ):
        with pytest.raises(AppendOnlyError), transaction.atomic():
            attempt()
    entry.refresh_from_db()
    assert entry.reason == ""


def test_secrets_in_the_details_are_masked_at_any_depth():
    data = {"name": "Eve", "form": {"New_Password": "s3cret"}, "headers": [{"Authorization": "Bearer s3cret"}]}
    entry = audit.record("account.connected", None, access_token="s3cret", **data)
    assert "s3cret" not in str(entry.data)
    assert entry.data["name"] == "Eve"


def test_what_people_do_at_the_stop_switch_is_recorded(person):
    lane = Lane.objects.first()
    services.stop_lane(lane.pk, user=person, reason="Invoice run")
    entry = AuditEntry.objects.get(action="lane.stopped")
    assert (entry.actor, entry.reason, entry.object_id) == (person, "Invoice run", lane.pk)


def test_admins_read_the_audit_in_words_and_nobody_writes_it(person):
    entry = audit.record("lane.stopped", person, person, reason="Invoice run")
    client = Client()
    client.force_login(person)
    page = client.get(reverse("admin:common_auditentry_changelist"), {"action": "lane.stopped"}).content.decode()
    assert "Stopped a provider" in page
    assert "Invoice run" in page
    change = reverse("admin:common_auditentry_change", args=[entry.pk])
    assert client.post(change, {"reason": "x"}).status_code == HTTPStatus.FORBIDDEN
    delete = reverse("admin:common_auditentry_delete", args=[entry.pk])
    assert client.post(delete, {"post": "yes"}).status_code == HTTPStatus.FORBIDDEN


def test_the_filter_by_action_leaves_others_out(person):
    audit.record("lane.stopped", person, reason="Invoice run")
    client = Client()
    client.force_login(person)
    page = client.get(reverse("admin:common_auditentry_changelist"), {"action": "role.changed"}).content.decode()
    assert "Invoice run" not in page


def test_changing_a_role_is_recorded_with_what_was_given_and_taken():
    root = make_person("root", is_superuser=True)
    client = Client()
    client.force_login(root)
    role = root.groups.model.objects.get(name=ADMINS)
    client.post(reverse("admin:auth_group_change", args=[role.pk]), {"name": "Bosses", "permissions": []})
    role.refresh_from_db()
    # VoiceHub knows its own roles by their names.
    assert role.name == ADMINS
    entry = AuditEntry.objects.get(action="role.changed")
    assert "manage_people" in entry.data["taken"]
    assert entry.data["given"] == []


def test_people_read_what_they_did_themselves_and_admins_everything_by_person_and_record(person):
    staff = make_person("sam", STAFF)
    own, other = audit.record("lane.stopped", staff, staff), audit.record("lane.released", person, person)
    listed = reverse("admin:common_auditentry_changelist")

    def seen_by(who, **query):
        client = Client()
        client.force_login(who)
        ids = {row.pk for row in client.get(listed, query).context["cl"].result_list}
        return ids & {own.pk, other.pk}

    assert seen_by(staff) == {own.pk}
    assert seen_by(staff, actor__id__exact=person.pk) == set()
    assert seen_by(person) == {own.pk, other.pk}
    assert seen_by(person, actor__id__exact=staff.pk) == {own.pk}
    assert seen_by(person, object_model="common.user", object_id=person.pk) == {other.pk}


def test_an_entry_tells_the_address_that_the_request_came_from(person):
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.force_login(person)
    client.post(reverse("admin:profile"), {"mail_wish": "never"})
    assert AuditEntry.objects.get(action="person.changed").address == "192.0.2.7"
    assert audit.record("lane.stopped", None).address is None
