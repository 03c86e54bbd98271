"""The one script at Apidaze: taken in, pointed here and back, followed when the token changes, tested; never lost."""

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from telephony import services
from telephony.hooks import ScriptLoads
from telephony.models import ExternalScript
from telephony.script_address import masked
from tests.common.factories import make_person
from tests.telephony.factories import make_published
from tests.telephony.test_faults import suits
from tests.telephony.test_sync import sent
from voicehub.common.hooks import addresses
from voicehub.common.hooks.models import HookAddress
from voicehub.common.roles import ADMINS, STAFF
from voicehub.sync import lanes, queue, resolving
from voicehub.sync import services as sync_services
from voicehub.sync.claim import claim
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, RecordState, SyncJob
from voicehub.sync.services import TooLateError

pytestmark = pytest.mark.django_db(databases="__all__")

FOREIGN = "https://calls.example.org/main.xml?x=1"


@pytest.fixture
def compare_scripts(apidaze):
    def compare():
        queue.pull(ExternalScript, services.connection())
        drain_inline()

    return compare


@pytest.fixture
def foreign(apidaze, compare_scripts):
    """Somebody else's script, registered before VoiceHub came, and taken in."""
    apidaze.set_scripts(FOREIGN)
    compare_scripts()
    return ExternalScript.objects.get()


def register():
    script = services.register_address(user=None)
    drain_inline()
    return again(script)


def again(script):
    script.refresh_from_db()
    return script


def there(apidaze):
    return [row["url"] for row in apidaze.scripts()]


def deletions(apidaze):
    return [call for call in apidaze.calls("apidaze") if call["method"] == "DELETE"]


def token_of(script):
    return script.secret_url.rstrip("/").rpartition("/")[2]


def test_the_script_that_is_there_is_changed_and_its_address_kept_for_the_way_back(either, apidaze, foreign):
    script = register()
    assert script.pk == foreign.pk
    assert script.sync_state == RecordState.IN_STEP
    assert there(apidaze) == [script.secret_url]
    assert script.is_ours
    assert script.previous_url == FOREIGN
    services.return_to_previous(script, user=None)
    drain_inline()
    assert there(apidaze) == [FOREIGN]
    assert not again(script).is_ours
    assert not deletions(apidaze)
    assert not sent(apidaze, either("create-script"))


def test_only_the_address_is_sent(apidaze, foreign):
    register()
    assert [set(form) for form in sent(apidaze, "change-script")] == [{"url"}]


def test_without_any_one_is_created(either, apidaze):
    apidaze.set_scripts()
    script = register()
    assert there(apidaze) == [script.secret_url]
    assert script.sync_state == RecordState.IN_STEP


def test_one_that_nobody_knew_of_is_not_replaced_but_taken_in(apidaze, compare_scripts):
    apidaze.set_scripts(FOREIGN)
    script = register()
    assert script.sync_state == RecordState.REFUSED
    assert "Compare" in script.sync_message
    assert there(apidaze) == [FOREIGN]
    compare_scripts()
    registered = register()
    assert registered.pk != script.pk
    assert there(apidaze) == [registered.secret_url]


def test_an_exchanged_token_is_registered_and_the_former_one_works_on(apidaze, foreign, client):
    before = register().secret_url
    addresses.exchange(HookAddress.objects.get(), user=None)
    drain_inline()
    script = again(foreign)
    assert there(apidaze) == [script.secret_url] != [before]
    assert script.previous_url == FOREIGN
    for address in (before, script.secret_url):
        assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_while_a_new_token_is_on_its_way_there_is_no_further_one(apidaze, foreign, client):
    registered = register().secret_url
    for _time in range(3):
        services.register_address(user=None)
    assert client.get(registered.removeprefix("http://127.0.0.1:8000")).status_code == 200
    drain_inline()
    assert there(apidaze) == [again(foreign).secret_url]


def test_a_new_token_of_an_address_that_is_not_registered_changes_nothing(apidaze, foreign):
    addresses.make(ScriptLoads(), user=None)
    drain_inline()
    assert there(apidaze) == [FOREIGN]


def test_a_new_name_leaves_the_address_alone_even_when_its_token_is_not_known(apidaze, compare_scripts, settings):
    lost = f"{settings.OWN_BASE_URL}/hooks/apidaze/{'x' * 43}/"
    apidaze.set_scripts(lost)
    compare_scripts()
    script = ExternalScript.objects.get()
    assert script.url == masked(lost)
    assert not script.address
    script.name = "front"
    services.save_external_script(script, user=None)
    drain_inline()
    assert there(apidaze) == [lost]
    assert apidaze.scripts()[0]["name"] == "front"


def test_what_was_changed_there_waits_for_a_person(apidaze, foreign, compare_scripts):
    register()
    apidaze.set_scripts(FOREIGN)
    compare_scripts()
    script = ExternalScript.objects.exclude(sync_state=RecordState.GONE).get()
    assert script.url == FOREIGN


def test_an_address_that_was_changed_there_meanwhile_is_kept_for_the_way_back_too(apidaze, foreign, pat, new_client):
    theirs = "https://others.example.org/calls"
    new_client().change_script(foreign.remote_id, url=theirs)
    script = register()
    assert there(apidaze) == [theirs]
    resolving.resolve_all(script, resolving.Choice.OURS, user=pat)
    drain_inline()
    assert there(apidaze) == [again(script).secret_url]
    services.return_to_previous(script, user=pat)
    drain_inline()
    assert there(apidaze) == [theirs]


def test_while_a_new_token_is_refused_the_one_that_apidaze_has_works_on(apidaze, foreign, client, work):
    in_use = register().secret_url
    apidaze.fault("apidaze", "change-script", "refuse")
    refused = register()
    assert refused.sync_state == RecordState.REFUSED
    services.register_address(user=None)
    assert client.get(in_use.removeprefix("http://127.0.0.1:8000")).status_code == 200
    drain_inline()
    assert there(apidaze) == [again(foreign).secret_url]


def test_an_address_that_was_closed_while_it_was_on_its_way_is_not_registered_again(apidaze, foreign, client):
    services.register_address(user=None)
    addresses.close(HookAddress.objects.get(), user=None)
    script = register()
    assert there(apidaze) == [script.secret_url]
    assert client.get(script.secret_url.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_whether_callers_get_to_the_scripts_is_told_by_what_apidaze_asks(
    apidaze, compare_scripts, new_client, settings
):
    apidaze.set_scripts()
    assert "does not ask VoiceHub" in services.why_unheard()
    script = services.register_address(user=None)
    assert "has not taken the address" in services.why_unheard()
    drain_inline()
    assert services.why_unheard() == ""
    with override_settings(OWN_BASE_URL="https://moved.example"):
        assert "another address what to do on a call: http://127.0.0.1:8000/hooks" in services.why_unheard()
        assert not services.points_here(again(script))
    new_client().change_script(again(script).remote_id, url=FOREIGN)
    compare_scripts()
    assert FOREIGN in services.why_unheard()
    apidaze.set_scripts()
    compare_scripts()
    assert "does not ask VoiceHub" in services.why_unheard()
    settings.APIDAZE_CLIENT_ID = ""
    assert "There is no key" in services.why_unheard()


def test_the_address_before_is_heard_until_its_overlap_ends(apidaze, foreign, settings):
    register()
    apidaze.fault("apidaze", "change-script", "refuse")
    addresses.exchange(HookAddress.objects.get(), user=None)
    drain_inline()
    assert again(foreign).sync_state == RecordState.REFUSED
    assert services.why_unheard() == ""
    with time_machine.travel(timezone.now() + timedelta(hours=settings.HOOK_OVERLAP_HOURS)):
        assert "whoever calls is cut off" in services.why_unheard()


def test_closing_the_address_says_what_ends_and_afterwards_that_callers_reach_nobody(apidaze, foreign, client):
    register()
    menu = make_published("menu").script
    client.force_login(make_person("ada", ADMINS))
    address = HookAddress.objects.get()
    page = reverse("admin:hooks_hookaddress_change", args=[address.pk])
    assert "The external script main asks here" in client.get(page).content.decode()
    assert "Callers do not get" not in client.get("/admin/").content.decode()
    client.post(reverse("admin:hooks_hookaddress_act", args=[address.pk]), {"action": "close"})
    told = {url: client.get(url).content.decode() for url in ("/admin/", *map(url_of, (menu, again(foreign))))}
    assert all("closed, so whoever calls is cut off" in text for text in told.values())
    assert "Callers do not get to the call scripts" in told["/admin/"]
    assert "Published, not heard" in told[url_of(menu)]
    assert "Nobody: the inbound address is closed" in told[url_of(foreign)]
    assert "Nobody has to do anything" not in told[url_of(foreign)]
    assert reverse("admin:telephony_externalscript_register") in told[url_of(foreign)]


def url_of(record):
    return record.get_absolute_url()


def test_who_has_to_tell_apidaze_of_a_new_address_is_said_as_it_is(apidaze, foreign, client):
    client.force_login(make_person("ada", ADMINS))
    made = client.post(reverse("admin:hooks_hookaddress_make"), {"kind": "apidaze", "target": ""})
    assert "press “Answer calls from here”" in made.content.decode()
    register()
    address = HookAddress.objects.get()
    addresses.close_former(address, user=None)
    page = client.get(reverse("admin:hooks_hookaddress_change", args=[address.pk])).content.decode()
    assert "VoiceHub tells the provider of the new one" in page
    assert "Enter it at the provider" not in page


def test_a_further_new_token_is_refused_while_apidaze_may_still_use_the_former_one(apidaze, foreign, client, pat):
    register()
    addresses.exchange(HookAddress.objects.get(), user=None)
    drain_inline()
    with pytest.raises(TooLateError, match="may still use it"):
        services.register_address(user=None)
    services.return_to_previous(again(foreign), user=None)
    drain_inline()
    registered = register()
    assert there(apidaze) == [registered.secret_url]


def test_what_is_so_already_is_not_offered(apidaze, foreign, client, pat):
    client.force_login(pat)
    pages = (reverse("admin:telephony_externalscript_changelist"), url_of(foreign))
    offer = reverse("admin:telephony_externalscript_register")
    assert all(offer in client.get(page).content.decode() for page in pages)
    register()
    assert not any(offer in client.get(page).content.decode() for page in pages)


def test_the_token_stands_nowhere_in_clear(apidaze, foreign, compare_scripts):
    script = register()
    services.test_script(script, {"destination_number": "31201234567"}, user=None)
    drain_inline()
    compare_scripts()
    token = token_of(script)
    row = ExternalScript.objects.values().get()
    row.pop("secret_url")
    assert token not in str(row)
    assert token not in str(list(ExternalScript.history.values()))
    assert Exchange.objects.exists()
    assert token not in str(list(Exchange.objects.values()))
    assert token not in str(list(queue.jobs_of(script).values()))
    raw = ExternalScript.objects.extra(select={"raw": "secret_url"}).values_list("raw", flat=True)[0]
    assert token not in raw


def test_what_apidaze_gets_is_shown_and_masked(either, apidaze, foreign):
    services.test_script(foreign, {"destination_number": "31"}, user=None)
    drain_inline()
    job = SyncJob.objects.get(operation="look")
    assert "The sandbox asks this computer alone" in job.message
    assert not again(foreign).tested_at


def test_a_secret_that_is_not_the_demos_is_masked_wherever_it_stands(apidaze, foreign, settings):
    settings.VOICEHUB_DEMO = False
    services.test_script(foreign, {"destination_number": "31"}, user=None)
    drain_inline()
    assert "The ••• asks this computer alone" in SyncJob.objects.get(operation="look").message


def test_while_a_test_runs_nothing_of_the_one_before_is_shown(apidaze, foreign, client, pat):
    client.force_login(pat)
    page = reverse("admin:telephony_externalscript_test", args=[foreign.pk])
    client.post(page, {"destination_number": "31", "caller_id_number": "31"})
    drain_inline()
    told = client.get(page).content.decode()
    assert "asks this computer alone" in told
    assert "stands among the inbound requests" not in told
    client.post(page, {"destination_number": "32", "caller_id_number": "31"})
    told = client.get(page).content.decode()
    assert "Apidaze is being asked." in told
    assert "asks this computer alone" not in told
    claim("apidaze", "one")
    refused = client.post(page, {"destination_number": "33", "caller_id_number": "31"}, follow=True)
    assert "A test is under way" in refused.content.decode()
    assert again(foreign).test_call["destination_number"] == "32"


@pytest.mark.parametrize("base", ["", "http://localhost:8000", "https://127.0.0.1"])
def test_an_address_of_this_computer_alone_is_not_registered_live(apidaze, foreign, settings, base):
    settings.VOICEHUB_DEMO = False
    settings.PUBLIC_BASE_URL, settings.OWN_BASE_URL = base, base or "http://127.0.0.1:8000"
    with pytest.raises(services.UnreachableError, match="PUBLIC_BASE_URL"):
        services.register_address(user=None)
    assert not HookAddress.objects.exists()


def test_deleting_is_one_delete(either, apidaze, foreign):
    foreign.delete(user=None)
    drain_inline()
    assert not there(apidaze)
    assert not ExternalScript.objects.exists()


KINDS = (
    "refuse",
    "rate-limit",
    "error-before",
    "error-after",
    "cut-after",
    "html",
    "redirect",
    "put-off",
    "forbidden",
)
UNCLEAR = ("cut-after", "put-off", "html")
VALUES = {"put-off": 2, "rate-limit": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_once_a_fault_has_passed_apidaze_loads_here_and_nothing_was_deleted(apidaze, foreign, work, pat, kind):
    check_change(apidaze, foreign, work, pat, kind, "")


@pytest.mark.parametrize("kind", UNCLEAR)
def test_once_a_fault_of_the_native_door_has_passed_apidaze_loads_here(native, foreign, work, pat, kind):
    check_change(native, foreign, work, pat, kind, "native-")


def check_change(apidaze, foreign, work, pat, kind, prefix):
    for operation in ("list-scripts", "read-script", "change-script"):
        if suits(kind, prefix + operation):
            apidaze.fault("apidaze", prefix + operation, kind, value=VALUES.get(kind))
    queue.pull(ExternalScript, services.connection())
    script = register()
    settle(script, work, pat)
    assert there(apidaze) == [again(script).secret_url]
    assert script.sync_state == RecordState.IN_STEP
    assert script.previous_url == FOREIGN
    assert not deletions(apidaze)


@pytest.mark.parametrize("kind", UNCLEAR)
def test_once_a_fault_of_a_create_has_passed_there_is_one_script(either, apidaze, work, pat, kind):
    apidaze.set_scripts()
    apidaze.fault("apidaze", either("create-script"), kind, value=VALUES.get(kind))
    script = register()
    settle(script, work, pat)
    assert there(apidaze) == [again(script).secret_url]
    assert not deletions(apidaze)


@pytest.mark.parametrize("kind", UNCLEAR)
def test_once_a_fault_of_a_deletion_has_passed_the_script_is_gone_on_both_sides(apidaze, foreign, work, pat, kind):
    apidaze.fault("apidaze", "delete-script", kind, value=VALUES.get(kind))
    foreign.delete(user=None)
    work(3)
    assert not there(apidaze)
    assert not ExternalScript.objects.exists()


@pytest.fixture
def pat(db):
    return make_person("pat", STAFF)


def settle(script, work, pat):
    """Time passes, and a person releases a provider that was halted and tries a refusal again."""
    for _refusal in range(2):
        work(2)
        lanes.release("apidaze")
        if again(script).sync_state == RecordState.REFUSED:
            sync_services.retry(queue.jobs_of(script).latest("pk"), user=pat)
    work(2)


def test_answering_from_here_is_asked_first_and_done_by_a_post(apidaze, foreign, client, pat):
    client.force_login(pat)
    url = reverse("admin:telephony_externalscript_register")
    assert FOREIGN in client.get(url).content.decode()
    assert not HookAddress.objects.exists()
    client.post(url)
    drain_inline()
    script = again(foreign)
    assert script.is_ours
    page = client.get(script.get_absolute_url()).content.decode()
    assert FOREIGN in page
    assert token_of(script) not in page
    client.post(reverse("admin:telephony_externalscript_act", args=[script.pk]), {"action": "return"})
    drain_inline()
    assert there(apidaze) == [FOREIGN]


def test_what_a_test_got_is_shown_without_the_token(apidaze, foreign, client, pat):
    ExternalScript._base_manager.update(test_answer="<document><work><hangup/>", tested_at=timezone.now())
    SyncJob.objects.create(
        provider="apidaze",
        model="telephony.externalscript",
        object_id=foreign.pk,
        operation="look",
        state="done",
        due_at=timezone.now(),
    )
    client.force_login(pat)
    page = client.get(reverse("admin:telephony_externalscript_test", args=[foreign.pk])).content.decode()
    assert "Something is wrong with it" in page


def test_an_address_of_our_own_cannot_be_typed(apidaze, foreign, client, pat):
    client.force_login(pat)
    url = foreign.get_absolute_url()
    opened = client.get(url).context["adminform"].form["opened"].value()
    for typed in (
        "https://hub.example.com/hooks/apidaze/abcdefgh/",
        "https://hub.example.com/hooks/apidaze/\u2022abcd/",
        "no",
    ):
        answer = client.post(url, {"name": "main", "url": typed, "opened": opened})
        assert answer.status_code == 200
    assert again(foreign).url == FOREIGN
