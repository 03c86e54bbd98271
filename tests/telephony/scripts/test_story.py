"""The story of a call, from loads as Apidaze sends them and as it should not."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.scripts import story
from telephony.scripts.causes import HANGUP_CAUSES
from telephony.scripts.samples import MENU, RING_ONE
from telephony.scripts.source import read
from telephony.scripts.story import Load, tell_call

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
CALL = {
    "session_id": "b57c",
    "destination_number": "31201234567",
    "caller_id_number": "31612345678",
    "caller_username": "Zoë",
}
END = {"exiting": "true", "hangup_cause": "NORMAL_CLEARING", "bridge_status": "SUCCESS"}


def load(seconds, more=(), **served):
    return Load(NOON + timedelta(seconds=seconds), {**CALL, **dict(more)}, **served)


def texts(*loads, details=False):
    return [line.text for line in tell_call(loads).lines if details or not line.is_detail]


WHOLE = [
    load(0, script="menu", source=MENU.script),
    load(7, {"dialed_digits": "1"}, script="ring-one", source=RING_ONE.script),
    load(90, {"dialed_digits": "1", **END}),
]


def test_a_whole_call_is_told_from_who_called_to_how_it_ended():
    story = tell_call(WHOLE)
    assert [line.text for line in story.lines if not line.is_detail] == [
        "31612345678 (Zoë) called 31201234567.",
        "The script menu was served:",
        "The caller pressed 1.",
        "The script ring-one was served:",
        "The ringing ended. Somebody answered and spoke with the caller.",
        "The call ended. Somebody hung up, as usual.",
    ]
    assert story.has_ended
    assert story.errors == []
    assert "Rings ann for up to 30 seconds." in [line.text for line in story.lines if line.is_detail]
    assert [line.at for line in story.lines] == sorted(line.at for line in story.lines)


NOT_UNDERSTOOD = "Says “We did not understand your choice. Goodbye.” in en-US."
NOT_KNOWN = "Whether the call went on with the rest of the script is not known."


def told_of_a_menu(*after):
    """What is told of a menu without an end, when these parameters come with the loads after it."""
    source = MENU.script.replace("<hangup/>", "")
    later = [load(10 * number, more, script="menu") for number, more in enumerate(after, start=1)]
    story = tell_call([load(0, script="menu", source=source), *later])
    return [line.text for line in story.lines if line.is_detail and line.text in (NOT_UNDERSTOOD, NOT_KNOWN)]


def test_what_stands_after_a_menu_is_told_only_when_the_call_surely_got_there():
    assert told_of_a_menu() == [NOT_KNOWN]
    assert told_of_a_menu({"dialed_digits": "1"}) == []
    assert told_of_a_menu({}) == [NOT_UNDERSTOOD]
    assert told_of_a_menu({"exiting": "true", "hangup_cause": "NORMAL_CLEARING"}) == [NOT_KNOWN]


def test_the_end_of_a_script_that_rings_is_not_told_while_it_rings():
    ringing = load(0, script="ring-one", source=RING_ONE.script)
    assert "Ends the call." not in texts(ringing, details=True)
    assert NOT_KNOWN not in texts(ringing, load(30, END), details=True)


def test_a_script_that_is_loaded_over_and_over_is_read_once(monkeypatch):
    readings = []
    monkeypatch.setattr(story, "read", lambda source: readings.append(source) or read(source))
    tell_call(
        load(30 * number, {"bridge_status": "BUSY"}, script="hold", source=RING_ONE.script + "\n")
        for number in range(50)
    )
    assert len(readings) == 1


def test_loads_may_come_in_any_order_and_doubled():
    expected = tell_call(WHOLE)
    assert all(tell_call(order) == expected for order in permutations(WHOLE))
    doubled = [*WHOLE, load(1, script="menu", source=MENU.script), load(200, {"dialed_digits": "1", **END})]
    assert tell_call(doubled) == expected


def test_a_script_that_apidaze_could_not_read_is_shown_with_what_to_do():
    story = tell_call([load(0, script="menu"), load(1, {"XML_error": "[unclosed tag <speak>]", "exiting": "true"})])
    assert len(story.errors) == 1
    assert story.errors[0].startswith("Apidaze could not read the script menu: [unclosed tag <speak>].")
    assert "publish it again" in story.errors[0]
    assert story.lines[-1].text == "The call ended. Apidaze did not say why."


def test_our_own_failure_is_shown():
    assert texts(load(0, error="There is no published script.")) == [
        "31612345678 (Zoë) called 31201234567.",
        "VoiceHub had no script to serve, so the call was ended: There is no published script.",
        "Apidaze has not reported the end of this call yet.",
    ]


def test_the_same_key_pressed_again_is_told_again_and_an_echoed_one_is_not():
    again = load(9, {"dialed_digits": "1"}, script="menu", source=MENU.script)
    menu = load(2, {"dialed_digits": "1"}, script="menu", source=MENU.script)
    echoed = load(20, {"dialed_digits": "1"}, script="other", source="<document><work><hangup/></work></document>")
    last = load(30, {"dialed_digits": "1", "exiting": "true"})
    assert texts(menu, again, echoed, last).count("The caller pressed 1.") == 3


def test_a_busy_telephone_is_told_with_apidazes_reason():
    rung = load(0, script="ring-one", source=RING_ONE.script)
    story = texts(rung, load(30, {"bridge_status": "BUSY", "hangup_cause": "USER_BUSY"}, script="after"))
    assert "The ringing ended. The number was busy." in story


def test_a_call_from_an_account_names_it_and_missing_parameters_are_no_trouble():
    assert texts(load(0, {"sip_from_uri": "ann@x.voip", "exiting": "true", "hangup_cause": "WHO_KNOWS"})) == [
        "31612345678 (Zoë), from the SIP account ann@x.voip, called 31201234567.",
        "The call ended. Apidaze's reason is WHO_KNOWS.",
    ]
    assert texts(Load(NOON)) == [
        "Somebody called a number that Apidaze did not name.",
        "Apidaze has not reported the end of this call yet.",
    ]
    assert tell_call([]).lines == ()


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.builds(Load, st.just(NOON), st.dictionaries(st.sampled_from([*CALL, *END, "XML_error"]), st.text())))
)
def test_whatever_was_sent_there_is_a_story(loads):
    assert bool(tell_call(loads).lines) == bool(loads)


def test_each_cause_is_told_in_a_sentence():
    assert all(str(words).endswith(".") for words in HANGUP_CAUSES.values())
