"""Call scripts: drafts nobody hears, versions for good, and which script answers which number."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from telephony import services
from telephony.forms import CallScriptForm
from telephony.models import CalledNumber, CallScript, ScriptVersion
from telephony.publication import check_draft, comparison, publication_of, scripts_leading_to
from telephony.rehearsal import rehearse
from telephony.scripts.dry_run import CallParameters
from telephony.scripts.samples import AFTER_RINGING, ANNOUNCE, MENU, RING_ONE, RING_SEVERAL
from tests.common.factories import make_person
from tests.telephony.factories import HANGUP, make_published, make_script
from voicehub.common.models import AuditEntry
from voicehub.common.models.audit import AppendOnlyError

pytestmark = pytest.mark.django_db

NUMBER, OTHER = "31201234567", "31209999999"


def heard(number):
    version = ScriptVersion.objects.answering(number)
    return version.text if version else None


def leading_to(name, verb='<wait action="{script_address}?script=%s">1</wait>'):
    return f"<document><work><answer/>{verb % name}<hangup/></work></document>"


def dialling(number):
    return (
        f'<document><work><dial action="https://x.test/"><number>{number}</number></dial><hangup/></work></document>'
    )


def publish(script, user=None):
    return services.publish(script, shown=services.digest(script), user=user)


def make_default(name, draft=HANGUP):
    script = make_published(name, draft).script
    services.make_default(script, shown=services.digest(script), user=None)
    return CallScript.objects.get(pk=script.pk)


def test_a_number_is_answered_by_its_script_else_by_the_default_with_one_query_each(django_assert_num_queries):
    own, default = make_published("own", numbers=[NUMBER]), make_default("default").published
    with django_assert_num_queries(2):
        assert ScriptVersion.objects.answering(NUMBER) == own
        assert ScriptVersion.objects.answering(OTHER) == default


def test_without_a_default_nobody_answers_an_unknown_number():
    make_published("own", numbers=[NUMBER])
    assert heard(OTHER) is None


@pytest.mark.parametrize("name", ["nowhere", "draft", "", "a\x00b", "Ä" * 100_000])
def test_only_published_scripts_are_found_by_their_name(name):
    make_script("draft")
    version = make_published("menu")
    assert ScriptVersion.objects.named("menu") == version
    assert ScriptVersion.objects.named(name) is None


def test_a_version_never_changes():
    version = make_published("menu")
    version.text = "other"
    for change in (version.save, version.delete, ScriptVersion.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()


def test_saving_a_draft_changes_nothing_for_callers_and_publishing_does():
    person = make_person("ann")
    script = make_published("menu", numbers=[NUMBER]).script
    script.draft, script.draft_numbers = leading_to("menu"), [OTHER]
    services.save_script(script, user=person)
    assert (heard(NUMBER), heard(OTHER)) == (HANGUP, None)
    version = publish(CallScript.objects.get(), person)
    assert (heard(NUMBER), heard(OTHER)) == (None, leading_to("menu"))
    assert (version.number, version.published_by) == (2, person)
    assert AuditEntry.objects.latest("id").action == "callscript.published"


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ("<document><work><hangup></work></document>", "errors"),
        (dialling("31201234567"), "errors"),
        (leading_to("nowhere"), "nowhere, which is not published"),
        (leading_to("draft"), "draft, which is not published"),
    ],
)
def test_a_script_that_would_fail_callers_or_ring_the_wrong_ones_is_not_published(settings, draft, why):
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]
    make_script("draft")
    script = make_published("menu", numbers=[NUMBER]).script
    script.draft = draft
    services.save_script(script, user=None)
    with pytest.raises(services.NotPublishableError, match=why):
        publish(script)
    assert heard(NUMBER) == HANGUP


def test_a_number_with_an_allowed_prefix_may_be_dialled(settings):
    settings.ALLOWED_NUMBER_PREFIXES = ["+31"]
    assert make_published("ring", dialling("31201234567")).number == 1


def test_our_own_address_is_ours_without_a_public_one_and_nobodys_to_warn_about(settings):
    settings.PUBLIC_BASE_URL, settings.OWN_BASE_URL = "", "http://127.0.0.1:8000"
    make_published("menu")
    report = check_draft(leading_to("menu").replace("{script_address}", "http://127.0.0.1:8000/hooks/apidaze/•1f/"))
    assert [address.script for address in report.addresses] == ["menu"]
    assert not report.problems


def test_two_scripts_cannot_answer_the_same_number():
    make_published("first", numbers=[NUMBER])
    second = make_script("second", numbers=[NUMBER])
    with pytest.raises(services.NotPublishableError, match=r"\+31201234567 is answered by the script first"):
        publish(second)


def test_pressing_publish_twice_makes_one_version():
    script = make_script("menu")
    shown = services.digest(script)
    services.publish(script, shown=shown, user=None)
    with pytest.raises(services.ChangedError):
        services.publish(CallScript.objects.get(), shown=shown, user=None)
    assert ScriptVersion.objects.count() == 1


def test_a_draft_that_changed_after_it_was_shown_is_not_published():
    script = make_script("menu")
    shown = services.digest(script)
    script.draft = leading_to("menu")
    services.save_script(script, user=None)
    with pytest.raises(services.ChangedError):
        services.publish(script, shown=shown, user=None)
    assert CallScript.objects.get().published is None


def test_an_edit_that_was_under_way_does_not_take_a_publishing_back():
    read_before = make_script("menu")
    opened = CallScriptForm(instance=read_before)["opened"].value()
    version = publish(CallScript.objects.get())
    form = CallScriptForm({"name": "menu", "draft": leading_to("menu"), "opened": opened}, instance=read_before)
    services.save_script(form.save(commit=False), user=None)
    assert CallScript.objects.get().published == version


@pytest.mark.django_db(transaction=True)
def test_of_two_made_the_default_at_once_one_is_and_nobody_sees_an_error():
    shown = {version.script: services.digest(version.script) for version in map(make_published, "abc")}
    barrier = threading.Barrier(len(shown))

    def make(script):
        barrier.wait()
        with contextlib.closing(connection), contextlib.suppress(services.ChangedError):
            services.make_default(script, shown=shown[script], user=None)

    with ThreadPoolExecutor() as threads:
        list(threads.map(make, shown))
    assert CallScript.objects.filter(is_default=True).count() == 1


def test_long_drafts_are_compared_in_no_time():
    before, after = ("\n".join(f"{number * step % 127}" for number in range(5_000)) for step in (3, 5))
    assert "first 2000 lines" in comparison(before, after)[-1].text


def test_scripts_that_lead_to_each_other_are_published_one_after_the_other():
    there, back = make_script("there", leading_to("back")), make_script("back", leading_to("there"))
    assert "back" in publication_of(there).cautions[0]
    publish(there)
    assert not publication_of(back).cautions
    publish(back)
    assert scripts_leading_to("there") == ["back"]


def test_a_script_taken_out_of_use_frees_its_numbers_and_is_the_default_no_more():
    default = make_default("menu")
    default.draft_numbers = [NUMBER]
    publish(services.save_script(default, user=None))
    default.refresh_from_db()
    services.unpublish(default, shown=services.digest(default), user=None)
    assert (heard(NUMBER), heard(OTHER)) == (None, None)
    assert not CalledNumber.objects.exists()
    assert ScriptVersion.objects.count() == 2


def test_there_is_one_default_until_somebody_ends_it():
    make_default("first")
    second = make_default("second", leading_to("first"))
    assert heard(OTHER) == leading_to("first")
    services.end_default(second, shown=services.digest(second), user=None)
    assert heard(OTHER) is None


def test_going_back_changes_the_draft_and_not_what_callers_hear():
    first = make_published("menu", numbers=[NUMBER])
    script = first.script
    script.draft = leading_to("menu")
    publish(services.save_script(script, user=None))
    script.refresh_from_db()
    services.restore(first, shown=services.digest(script), user=None)
    script.refresh_from_db()
    assert (script.draft, heard(NUMBER)) == (HANGUP, leading_to("menu"))
    assert script.has_unpublished_changes


def test_a_call_is_tried_out_from_script_to_script():
    for sample in (ANNOUNCE, AFTER_RINGING, RING_ONE, RING_SEVERAL):
        make_published(sample.slug, sample.script)
    scenes = list(rehearse("menu", MENU.script, CallParameters(), presses=["1"], dial_results=["BUSY"]))
    assert [scene.script for scene in scenes] == ["menu", "ring-one", "after-ringing"]
    assert scenes[-1].steps[-1].ends


def test_of_very_many_presses_the_first_are_tried():
    menu = '<speak>1<bind action="{script_address}">2</bind></speak>'
    (scene,) = rehearse(
        "m", f"<document><work>{menu * 50}<hangup/></work></document>", CallParameters(), presses="1" * 50
    )
    assert sum("The caller presses" in step.text for step in scene.steps) == 20


@pytest.mark.parametrize(
    ("draft", "note"),
    [
        (leading_to("nowhere"), "There is no script nowhere"),
        (leading_to("a%00b"), "There is no script a"),
        (leading_to("menu"), "round in circles"),
        (leading_to("", '<wait action="https://x.test/%s">1</wait>'), "The other site says"),
        (leading_to("", '<wait action="{script_address}%s">1</wait>'), "No published script answers this number"),
        (leading_to("ann", "<dial><sipaccount>%s</sipaccount></dial>"), "ends the call instead of ringing again"),
    ],
)
def test_a_trial_that_cannot_go_on_says_why(draft, note):
    *_others, last = rehearse("menu", draft, CallParameters())
    assert note in last.note
