"""The pages about call scripts: the editor with its live check, publishing, versions, and what callers hear."""

import html

import pytest
from django.urls import reverse

from telephony import demo, services
from telephony.models import CallScript, ScriptVersion
from telephony.publication import check_draft
from telephony.scripts.samples import ANNOUNCE
from tests.common.factories import make_person
from tests.contributors.factories import signed_in
from tests.telephony.factories import HANGUP, make_published, make_script
from voicehub.common.roles import APPROVERS, STAFF

pytestmark = pytest.mark.django_db

LIST = "/admin/telephony/callscript/"
NUMBER = "31201234567"
LONGER = HANGUP.replace("<answer/>", '<answer/>\n<speak lang="en-US">Hello</speak>\n')


def address(script, page="change", *more):
    return reverse(f"admin:telephony_callscript_{page}", args=[script.pk, *more])


def text_of(response):
    return " ".join(html.unescape(response.content.decode()).split())


def typed(client, script, **changes):
    """The form of a script as a browser would post it after opening it now."""
    form = client.get(address(script)).context["adminform"].form
    return {name: form[name].value() for name in form.fields} | changes


def shown(client, url):
    return client.get(url).context["shown"]


@pytest.fixture
def client():
    return signed_in(make_person("sam", STAFF))


def test_a_new_script_begins_as_a_sample_is_saved_and_published(client):
    initial = client.get(f"{LIST}add/?sample=announce").context["adminform"].form.initial
    assert (initial["name"], initial["draft"]) == ("announce", ANNOUNCE.script)
    client.post(f"{LIST}add/", initial | {"draft_numbers": "+31 20 123 4567, 0033 1 99 00 12 34"})
    script = CallScript.objects.get()
    assert script.draft_numbers == [NUMBER, "33199001234"]
    page = client.get(address(script, "publish"))
    assert "+33199001234" in text_of(page)
    answer = client.post(address(script, "publish"), {"shown": page.context["shown"], "note": "First"}, follow=True)
    assert "Published, but nobody hears it yet" in text_of(answer)
    version = ScriptVersion.objects.get()
    assert (version.note, version.published_by.username) == ("First", "sam")
    assert CallScript.objects.get().changes.latest().history_user.username == "sam"


def test_what_is_typed_is_checked_and_tried_out_meanwhile(client):
    draft = HANGUP.replace("<answer/>", "<answer/>\r\n <speek>Hello</speek>")
    said = text_of(client.post(f"{LIST}check/", {"name": "menu", "draft": draft, "script": "x"}))
    assert said.count("#line-2-2") == said.count("Did you mean speak?") == 2
    said = text_of(client.post(f"{LIST}check/", {"name": "menu", "draft": LONGER, "try-caller": "1" * 500}))
    assert "No errors" in said
    assert "Says “Hello” in en-US." in said


def test_the_first_mistake_stands_above_the_editor(client):
    page = text_of(client.get(address(make_script("menu", HANGUP.replace("<answer/>", "<anser/>")))))
    assert page.index("Did you mean answer?") < page.index('name="draft"')


@pytest.mark.parametrize(
    "draft", ["", "\x00", "<" * 100_000, "<!DOCTYPE a><a/>", "\ud800".encode("utf-8", "replace")]
)
def test_any_text_is_looked_over(client, draft):
    assert client.post(f"{LIST}check/", {"name": "\x00", "draft": draft}).status_code == 200


def test_a_text_that_came_back_is_still_there_and_looked_over(client):
    answer = client.post(f"{LIST}add/", {"name": "Menu!", "draft": "<documen/>", "draft_numbers": "020"})
    said = text_of(answer)
    assert "Small letters, digits and hyphens" in said
    assert "“020” is no number with a country code" in said
    assert "<documen/>" in said
    assert "Write <document> here" in said
    assert not CallScript.objects.exists()


def test_a_text_as_long_as_a_book_is_refused_and_not_lost(client):
    answer = client.post(f"{LIST}add/", {"name": "book", "draft": "x" * 300_000})
    assert "too long to be a script" in text_of(answer)
    assert "x" * 300_000 in answer.content.decode()


def test_the_second_of_two_tabs_is_stopped_and_both_texts_are_compared_line_by_line(client):
    script = make_script("menu")
    second = typed(client, script, draft=LONGER)
    client.post(address(script), typed(client, script, draft="<document/>", draft_numbers=NUMBER))
    answer = client.post(address(script), second)
    said = text_of(answer)
    assert said.index("Not saved: the script was changed elsewhere") < said.index('aria-label="State"')
    assert "<span>−</span><code>&lt;document/&gt;</code>" in answer.content.decode()
    form = answer.context["adminform"].form
    assert (form["draft"].value(), form["draft_numbers"].value()) == (LONGER, f"+{NUMBER}")
    script.refresh_from_db()
    assert script.draft == "<document/>"
    client.post(address(script), {name: form[name].value() for name in ("name", "draft", "draft_numbers", "opened")})
    script.refresh_from_db()
    assert (script.draft, script.draft_numbers) == (LONGER, [NUMBER])


def test_a_save_can_lead_straight_to_publishing(client):
    script = make_script("menu")
    answer = client.post(address(script), typed(client, script) | {"telephony_callscript_save_and_publish": ""})
    assert answer["Location"] == address(script, "publish")


@pytest.mark.parametrize("page", ["", "publish"])
def test_a_number_of_no_country_is_an_error_at_its_line(client, settings, page):
    settings.ALLOWED_NUMBER_PREFIXES = ["+31"]
    script = make_script("menu", HANGUP.replace("<answer/>", "<dial><number>99900012345</number></dial>"))
    assert "No country has a number like +99900012345" in text_of(client.get(address(script, *filter(None, [page]))))


def test_who_is_rung_by_scripts_that_a_menu_leads_to_is_not_left_out(client):
    make_published("ring", HANGUP.replace("<answer/>", "<dial><sipaccount>ann</sipaccount></dial>"))
    menu = make_script("menu", HANGUP.replace("<answer/>", '<wait action="{script_address}?script=ring">1</wait>'))
    page = text_of(client.get(address(menu, "publish")))
    assert "It rings nobody itself." in page
    assert "callers may get to: <strong>ring</strong>" in page
    assert "It rings nobody." in text_of(client.get(address(make_script("alone"), "publish")))


def test_a_script_that_no_caller_gets_to_is_not_said_to_be_heard(client):
    script = make_published("menu").script
    pages = {"": "Published, not heard", "publish": "exactly this is published already", "versions": "(published)"}
    for page, words in pages.items():
        told = text_of(client.get(address(script, *filter(None, [page]))))
        assert words in told
        assert "allers hear" not in told
    assert "There is no key for Apidaze" in text_of(client.get(LIST))


def test_what_cannot_be_published_says_why_and_has_no_button(client, settings):
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]
    draft = HANGUP.replace("<answer/>", "<dial><number>31201234567</number></dial>")
    script = make_script("menu", draft)
    page = client.get(address(script, "publish"))
    assert "+31 20 123 4567 may not be called or texted" in text_of(page)
    assert 'type="submit">Publish' not in page.content.decode()
    answer = client.post(address(script, "publish"), {"shown": page.context["shown"]}, follow=True)
    assert "Mend them first" in text_of(answer)
    assert not ScriptVersion.objects.exists()


def test_a_script_is_made_the_default_and_taken_out_of_use_on_pages_that_say_what_follows(client):
    script = make_published("menu", LONGER, [NUMBER], user=make_person("ann")).script
    make_published("door", HANGUP.replace("<answer/>", '<wait action="{script_address}?script=menu">1</wait>'))
    client.post(address(script, "make_default"), {"shown": shown(client, address(script, "make_default"))})
    page = client.get(address(script, "unpublish"))
    assert "<strong>+31201234567</strong> are then cut off" in text_of(page)
    assert "The script door leads here" in text_of(page)
    client.post(address(script, "unpublish"), {"shown": page.context["shown"]})
    assert ScriptVersion.objects.answering(NUMBER) is None


@pytest.mark.parametrize("page", ["publish", "unpublish", "make_default", "end_default"])
def test_nothing_is_done_about_a_script_that_is_not_what_was_shown(client, page):
    script = make_published("menu", LONGER, [NUMBER]).script
    services.save_script(script, user=None)
    answer = client.post(address(script, page), {"shown": "another"}, follow=True)
    assert "Nothing was done" in text_of(answer)
    assert ScriptVersion.objects.answering(NUMBER).number == 1


def test_a_version_is_copied_into_the_draft(client):
    first = make_published("menu")
    script = first.script
    script.draft = LONGER
    services.publish(services.save_script(script, user=None), shown=services.digest(script), user=None)
    url = address(script, "version", 1)
    assert address(script, "version", 2) in text_of(client.get(address(script, "versions")))
    assert "Callers do not hear it before" in text_of(client.post(url, {"shown": shown(client, url)}, follow=True))
    assert CallScript.objects.get().draft == HANGUP


def test_the_name_of_a_record_is_written_as_it_is_and_those_of_lists_as_headings(client):
    page = text_of(client.get(address(make_script("menu"))))
    assert "> menu </a" in page
    assert "> Call scripts </a" in page


def test_a_published_script_is_neither_renamed_nor_deleted(client):
    script = make_published("menu").script
    client.post(address(script), typed(client, script) | {"name": "other"})
    assert CallScript.objects.get().name == "menu"
    assert client.post(address(script, "delete"), {"post": "yes"}).status_code == 403


def test_an_approver_looks_and_changes_nothing():
    script = make_published("menu", LONGER, [NUMBER]).script
    client = signed_in(make_person("pat", APPROVERS))
    page = text_of(client.get(address(script)))
    assert "Hello" in page
    assert "Stop using it" not in page
    tried = text_of(client.post(f"{LIST}check/", {"script": script.pk}))
    assert "Says “Hello” in en-US." in tried
    assert client.post(address(script), {"draft": HANGUP}).status_code == 403
    url = address(script, "version", 1)
    assert client.post(url, {"shown": shown(client, url)}).status_code == 403


def test_the_demo_has_a_menu_for_every_caller():
    demo.seed()
    demo.seed()
    assert ScriptVersion.objects.answering(NUMBER).script.name == "menu"
    assert not [script for script in CallScript.objects.all() if script.has_unpublished_changes]


def test_nothing_is_wrong_with_the_scripts_of_the_demo(apidaze):
    demo.seed()
    found = {script.name: check_draft(script.draft, script.name).problems for script in CallScript.objects.all()}
    assert found == dict.fromkeys(("announce", "after-ringing", "ring-one", "ring-several", "menu"), ())


def test_a_script_out_of_use_is_deleted_with_its_versions(client):
    script = make_published("menu", numbers=[NUMBER]).script
    services.unpublish(script, shown=services.digest(script), user=None)
    assert client.post(address(script, "delete"), {"post": "yes"}, follow=True).status_code == 200
    assert not CallScript.objects.exists()
    assert not ScriptVersion.objects.exists()


def test_ten_megabytes_are_turned_away_in_words(client):
    answer = client.post(f"{LIST}add/", {"name": "flood", "draft": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "Go back: what you typed should still be there." in text_of(answer)


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 30])
def test_an_address_of_no_script_leads_nowhere(client, pk):
    assert client.get(f"{LIST}{pk}/publish/").status_code == 404
    assert client.get(f"{LIST}1/versions/{pk}/").status_code == 404
