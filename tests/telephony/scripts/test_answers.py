"""What is served: placeholders filled with whatever a caller sends, and still the same script."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from telephony.scripts.answers import CONTENT_TYPE, HANGUP, answer
from telephony.scripts.source import UnreadableError
from tests.telephony.scripts.desk import complete

EVERYWHERE = """<?xml version="1.0"?><!-- a note of ours -->
<document><variables><a>{caller_username}</a></variables><work><answer/>
<speak lang="en-US">Hello {caller_username}, {{you}}
<bind action="{script_address}?name={caller_username}">~[0-9]{3}</bind></speak>
<playback file="https://x.org/{caller_username}.wav"/>
<record name="call-{caller_username}"/><conference username="{caller_username}">{caller_username}</conference>
<dial caller-id-number="{caller_username}"><sipaccount>{caller_username}</sipaccount>
<number>{caller_username}</number></dial>
<hangup/></work></document>"""
ADDRESS = "https://voicehub.example/hooks/1"


def served(script, caller="", **parameters):
    return etree.fromstring(answer(script, {"caller_username": caller, **parameters}, ADDRESS))


def test_a_script_is_served_as_it_stands_but_for_its_comments():
    script = complete('<speak lang="en-US">Terms &amp; "conditions" &lt;é&gt;</speak><!-- note --><wait>1</wait>')
    assert answer(script, {}).decode() == '<?xml version="1.0" encoding="UTF-8"?>\n' + script.replace(
        "<!-- note -->", ""
    )


def test_each_value_is_made_harmless_for_its_place():
    root = served(EVERYWHERE, "Zoë/../<b>&\"'\r\n\x00 {uuid} +31")
    assert root.findtext("variables/a") == "Zoë/../<b>&\"'   {uuid} +31"
    assert root.find("work/speak").text == "Hello Zoë/../<b>&\"'   {uuid} +31, {you}\n"
    assert root.find("work/speak/bind").get("action") == (
        f"{ADDRESS}?name=Zo%C3%AB%2F..%2F%3Cb%3E%26%22%27%20%20%20%7Buuid%7D%20%2B31"
    )
    assert root.findtext("work/conference") == "Zo..buuid31"
    assert root.find("work/record").get("name") == "call-Zobuuid31"
    assert root.find("work/dial").get("caller-id-number") == "31"


def test_keys_and_numbers_are_never_filled():
    root = served(EVERYWHERE, "0900123456")
    assert root.findtext("work/speak/bind") == "~[0-9]{3}"
    assert not root.findtext("work/dial/number")


def test_what_the_call_does_not_have_is_empty_and_what_is_endless_is_cut():
    assert served(complete("<speak>[{caller_id_number}]</speak>")).findtext("work/speak") == "[]"
    assert len(served(complete("<speak>{caller_username}</speak>"), "a" * 100_000).findtext("work/speak")) == 500


def test_a_call_cannot_set_our_own_address():
    root = served(complete('<playback file="{script_address}/a.wav"/>'), script_address="https://evil.example")
    assert root.find("work/playback").get("file") == f"{ADDRESS}/a.wav"


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_categories=())))
def test_whatever_a_caller_sends_the_script_stays_the_same(value):
    def shape(root):
        return [(one.tag, sorted(one.attrib)) for one in root.iter()]

    assert shape(served(EVERYWHERE, value)) == shape(served(EVERYWHERE))


@pytest.mark.parametrize("written", ["3(0)1234567890", " +31 23 456-7890\n", "00 31<!-- -->234567890"])
def test_a_number_is_served_as_it_was_checked(written):
    xml = answer(f"<document><work><dial><number>{written}</number></dial></work></document>", {})
    assert b"<number>31234567890</number>" in xml


def test_the_answer_that_ends_a_call_is_xml_in_utf_8():
    assert [one.tag for one in etree.fromstring(HANGUP).iter()] == ["document", "work", "hangup"]
    assert CONTENT_TYPE == "text/xml; charset=utf-8"


def test_what_is_no_script_is_not_served():
    with pytest.raises(UnreadableError):
        answer("<!DOCTYPE a><document/>", {})
