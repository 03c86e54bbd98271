"""The words of a campaign: what is wrong with them is said while they are typed, and how they are heard is shown."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns import services, wording
from campaigns.forms.keys import KeyRuleForm
from campaigns.forms.prompts import PromptForm
from campaigns.models import Campaign, KeyRule, Prompt, SoundFile
from campaigns.services import preflight, words
from tests.campaigns.factories import add, make_campaign, make_sound_file, number
from tests.common.factories import make_person
from tests.sounds import wav
from voicehub.common.models import DoNotCallNumber
from voicehub.common.roles import STAFF
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import RecordState

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def ann(campaigns):
    return make_person("ann", STAFF)


@pytest.fixture
def client(client, ann):
    client.force_login(ann)
    return client


@pytest.fixture
def campaign(campaigns):
    return make_campaign()


def typed(campaign, **values):
    """The form of a new prompt as somebody fills it in."""
    return PromptForm({"promptid": "2", **values}, instance=Prompt(campaign=campaign))


def errors(form):
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def page_of(campaign):
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def as_posted(client, url):
    """What the page's form would send if nobody touched it."""
    context = client.get(url).context
    form = context["adminform"].form
    data = {bound.html_name: bound.value() for bound in form}
    data |= {"starts_at_0": "", "starts_at_1": "", "time_zone": ""}
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        for one in (formset.management_form, *formset.forms):
            data |= {bound.html_name: bound.value() for bound in one}
    return {name: value for name, value in data.items() if value is not None}


def test_a_campaign_is_written_on_its_page(client, campaign):
    data = as_posted(client, page_of(campaign))
    more = {"TOTAL_FORMS": 2, "0-text": "Hello\r\nthere\x00\x08.", "1-campaign": campaign.pk, "1-promptid": "2"}
    more |= {"1-machine_text": "Call us.", "1-transfer_to": "(818) 555-0111"}
    data |= {f"prompts-{name}": value for name, value in more.items()}
    assert client.post(page_of(campaign), data).status_code == 302
    said = campaign.prompts.values_list("promptid", "text", "machine_text", "transfer_to")
    assert list(said) == [("1", "Hello\nthere.", "", ""), ("2", "", "Call us.", "+18185550111")]


def test_two_prompts_of_the_same_number_are_refused(client, campaign):
    data = as_posted(client, page_of(campaign))
    data |= {
        "prompts-TOTAL_FORMS": 2,
        "prompts-1-promptid": "1",
        "prompts-1-text": "Hi.",
        "prompts-1-campaign": campaign.pk,
    }
    assert "Two prompts have the same number" in text_of(client.post(page_of(campaign), data))
    assert campaign.prompts.count() == 1


@pytest.mark.parametrize("state", [Campaign.State.RUNNING, Campaign.State.FINISHED])
def test_words_that_people_hear_or_have_heard_stay(client, campaign, state):
    data = as_posted(client, page_of(campaign))
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    client.post(page_of(campaign), data | {"prompts-0-text": "Something else."})
    assert campaign.prompts.get().text == "Hello."
    assert "Hello." in text_of(client.get(page_of(campaign)))


@pytest.mark.parametrize(
    ("values", "words_of_error"),
    [
        ({}, "Give the prompt words or a sound file"),
        ({"text": " \x00 "}, "Give the prompt words or a sound file"),
        ({"promptid": "one", "text": "Hi."}, "digits alone"),
        ({"promptid": "", "text": "Hi."}, "required"),
        ({"text": "Hi {first name}."}, "A brace stands for nothing"),
        ({"text": "Hi {{name}}."}, "A brace stands for nothing"),
        ({"machine_text": "Hi {name."}, "A brace stands for nothing"),
        ({"transfer_to": "+33199001234"}, "no number of the United States or Canada"),
        ({"transfer_to": "900 555 0199"}, "premium-rate number"),
        ({"text": "x" * 4001}, "at most 4000"),
    ],
)
def test_what_could_not_be_said_is_refused_with_the_reason(campaign, values, words_of_error):
    assert words_of_error in errors(typed(campaign, **values))


def test_a_prompt_has_words_or_a_file_and_no_file_that_goes(campaign, ann):
    sound = make_sound_file()
    assert "not both" in errors(typed(campaign, text="Hi.", sound_file=sound.pk))
    assert typed(campaign, sound_file=sound.pk, machine_text="We will call again.").is_valid()
    SoundFile._base_manager.update(sync_state=RecordState.DELETING)
    assert "being deleted" in errors(typed(campaign, sound_file=sound.pk))


def test_nobody_is_connected_with_a_number_that_may_not_be_called(campaign, settings):
    settings.ALLOWED_NUMBER_PREFIXES = ["+1818"]
    assert "only numbers that begin with +1818" in errors(typed(campaign, transfer_to="212 555 0199"))
    DoNotCallNumber.objects.create(number="+18185550111", added_at=campaign.created_at)
    assert "do-not-call list" in errors(typed(campaign, transfer_to="818 555 0111"))


def test_variables_that_no_recipient_has_are_named(campaign):
    assert typed(campaign, text="Hi {first_name}.").is_valid()
    add(campaign, number(1), variables={"name": "Ann", "day": "Monday"})
    add(campaign, number(2), variables={"name": "Bob", "hour": "9"})
    assert typed(campaign, text="Hi {Name}, {hour}.").is_valid()
    said = errors(typed(campaign, text="Hi {first_name} {nmae}."))
    assert "No recipient has {first_name}, {nmae}. They have {day}, {hour}, {name}." in said


def test_words_and_numbers_of_keys_are_looked_at_as_closely(campaign):
    add(campaign, number(1), variables={"name": "Ann"})

    def rule(**values):
        return KeyRuleForm({"keys": "1", "goto": "2", **values}, instance=KeyRule(campaign=campaign))

    assert "No recipient has {nmae}" in errors(rule(action="speak", text="Bye {nmae}."))
    assert rule(action="speak", text="Bye {name}.").is_valid()
    assert "premium-rate" in errors(rule(action="transfer", transfer_to="900 555 0199"))


def test_recipients_without_variables_are_told_of(campaign):
    add(campaign, number(1))
    assert "They came without variables" in errors(typed(campaign, machine_text="Hi {name}."))


def test_a_prompt_whose_file_is_gone_keeps_a_campaign_from_starting_until_it_says_something(client, campaign, ann):
    sound = make_sound_file()
    prompt = Prompt.objects.create(campaign=campaign, promptid="2", sound_file=sound)
    KeyRule.objects.create(campaign=campaign, keys="1", action=KeyRule.Action.PLAY, goto="2", sound_file=sound)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.STOPPED)
    sound.delete(user=ann)
    copy = services.duplicate(campaign, user=ann)
    faults = " ".join(preflight.faults_of(copy))
    assert "Prompt 2 has neither words nor a sound file" in faults
    assert "The sound file for the key 1 is deleted" in faults
    assert "offer.wav" in text_of(client.get(page_of(copy)))
    form = PromptForm({"promptid": "2", "text": "Hi."}, instance=copy.prompts.get(promptid="2"))
    assert form.save().former_file == ""
    assert "neither words" not in " ".join(preflight.faults_of(copy))
    assert Prompt.objects.get(pk=prompt.pk).former_file == "offer.wav"


def test_the_preview_is_what_a_recipient_hears_and_what_voiceshot_gets(client, campaign):
    _first, bob = add(campaign, number(1), variables={"name": "Ann"}) + add(campaign, number(2), variables={})
    campaign.prompts.update(
        text="Hi {Name}, call 818 555.", machine_text="{name}: call us.", transfer_to="+18185550111"
    )
    url = reverse("admin:campaigns_campaign_preview", args=[campaign.pk])
    first = text_of(client.get(url))
    assert 'Hi <mark class="vh-filled" title="name">Ann</mark>, call 818 555.' in first
    assert "About 4 seconds." in first
    assert 'tts="Hi Ann, call 818 555."' in first
    assert f"?recipient={bob.pk}" in first
    for asked in ({"recipient": bob.pk}, {"number": "(818) 556-0002"}):
        shown = text_of(client.get(url, asked))
        assert '<mark class="vh-gap">{Name}</mark>' in shown
        assert "This recipient has nothing for {Name}, {name}: it would be read out as it stands." in shown
    unknown = text_of(client.get(url, {"number": "212 555 0100"}))
    assert "This campaign has no recipient with the number 212 555 0100." in unknown
    assert "+1 818-556-0001" in unknown


def test_the_preview_plays_files_and_needs_no_recipients(client, campaign):
    sound = make_sound_file()
    Prompt.objects.create(campaign=campaign, promptid="2", sound_file=sound)
    shown = text_of(client.get(reverse("admin:campaigns_campaign_preview", args=[campaign.pk])))
    assert "There are no recipients yet" in shown
    assert reverse("admin:campaigns_soundfile_listen", args=[sound.pk]) in shown
    assert "About 4 seconds." in shown


def test_what_a_variable_holds_is_no_markup(client, campaign):
    add(campaign, number(1), variables={"name": "<script>alert(1)</script>"})
    campaign.prompts.update(text="Hi {name} <b>.")
    page = client.get(reverse("admin:campaigns_campaign_preview", args=[campaign.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<b>." not in page


def test_the_preview_is_for_who_may_see_recipients(client, campaign):
    client.force_login(make_person("eve", permissions=("campaigns.view_campaign",)))
    assert client.get(reverse("admin:campaigns_campaign_preview", args=[campaign.pk])).status_code == 403


@pytest.mark.parametrize(("text", "seconds"), [("", 0), ("Hello there, you all.", 1.6), ("18:30 o'clock", 2)])
def test_digits_are_read_one_by_one(text, seconds):
    assert wording.spoken_seconds(text) == seconds


def test_the_pieces_of_a_text_are_the_text(campaign):
    prompt = Prompt(campaign=campaign, text="{a}{b} and {A}")
    pieces = words.heard(prompt, {"a": "1"}).words
    assert "".join(piece.words for piece in pieces) == wording.filled(prompt.text, {"a": "1"}) == "1{b} and 1"
    assert [piece.name for piece in pieces if piece.is_missing] == ["b"]


def test_both_forms_of_words_stand_where_they_belong_in_a_real_post(voiceshot, work, ann, campaign):
    sound = services.add_sound(SimpleUploadedFile("a.wav", wav()), "offer.wav", user=ann)
    campaign.prompts.update(text="Hi {name}.")
    Prompt.objects.create(campaign=campaign, promptid="2", sound_file=sound, transfer_to="+18185550111")
    for place, name in ((0, "Ann"), (1, "Zoë & Co")):
        add(campaign, number(place), variables={"name": name})
    drain_inline()
    services.start(campaign, user=ann)
    work()
    body = voiceshot.calls("voiceshot", "send")[0]["body"]
    assert body.count("offer.wav") == 1
    assert body.index("offer.wav") < body.index("<phonenumbers>")
    heard = {call["number"]: call["prompts"] for call in voiceshot.records("voiceshot")["calls"]}
    common = {"promptid": "2", "filename": "offer.wav", "transferto": "8185550111"}
    assert heard == {
        "8185560000": [common, {"promptid": "1", "tts": "Hi Ann."}],
        "8185560001": [common, {"promptid": "1", "tts": "Hi Zoë & Co."}],
    }
