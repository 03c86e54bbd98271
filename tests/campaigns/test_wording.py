"""What goes out on the wire for the words of a campaign."""

import pytest
from lxml import etree

from campaigns import wording
from campaigns.models import Attempt, Batch, Campaign, Menu, Prompt, Recipient, SoundFile
from campaigns.voiceshot import xml
from voicehub.remote.errors import RejectedError

CAMPAIGN = Campaign(menu=Menu(menuid="1-1234", caller_id="+18185550199"))


def posted(*prompts, **people):
    """The XML of a post to people, each with variables by number."""
    attempts = [
        Attempt(number=f"+1{number[1:]}", callid=number, recipient=Recipient(variables=variables))
        for number, variables in people.items()
    ]
    return xml.written(xml.post(wording.post_of(Batch(campaign=CAMPAIGN), attempts, prompts)))


def test_what_is_the_same_for_all_stands_once_and_what_has_variables_stands_with_each_number():
    body = posted(
        Prompt(promptid="1", text="Hi {name}.", machine_text="Call {name}."),
        Prompt(promptid="2", sound_file=SoundFile(name="offer.wav"), transfer_to="+18185550111"),
        n8185550100={"name": "Ann"},
        n8185550117={"name": "Zoë & Co"},
    )
    assert etree.canonicalize(body.decode()) == etree.canonicalize(
        """
        <campaign action="0" menuid="1-1234" callerid="8185550199">
        <prompts><prompt promptid="2" filename="offer.wav" transferto="8185550111"/></prompts>
        <phonenumbers>
        <phonenumber number="8185550100" callid="n8185550100">
        <prompts><prompt promptid="1" tts="Hi Ann." alttts="Call Ann."/></prompts></phonenumber>
        <phonenumber number="8185550117" callid="n8185550117">
        <prompts><prompt promptid="1" tts="Hi Zoë &amp; Co." alttts="Call Zoë &amp; Co."/></prompts></phonenumber>
        </phonenumbers></campaign>""",
        strip_text=True,
    )
    assert body.isascii()
    assert body.count(b"offer.wav") == 1


def test_words_without_variables_stand_once_for_thousands():
    people = {f"n818{5_550_000 + place}": {} for place in range(2000)}
    assert posted(Prompt(promptid="1", text="A long message."), **people).count(b"A long message.") == 1


def test_variables_are_found_in_any_case_and_one_that_is_missing_shows():
    assert wording.filled("Hi {Name}, {when}{x y}", {"name": "Ann"}) == "Hi Ann, {when}{x y}"
    assert wording.variables_in("{Name} {when} {name}") == ["name", "when"]


def test_what_a_variable_holds_is_never_filled_in_again():
    assert wording.filled("{a}", {"a": "{b}", "b": "secret"}) == "{b}"


def test_what_no_xml_can_hold_is_left_out():
    assert b'tts="Hello."' in posted(Prompt(promptid="1", text="Hel\x00\x08lo\ufffe."), n8185550100={})


@pytest.mark.parametrize("number", ["+33199001234", "", "+11185550100"])
def test_a_number_that_voiceshot_cannot_reach_is_refused_before_anything_is_sent(number):
    with pytest.raises(RejectedError, match="United States and Canada"):
        xml.ten_digits(number)
