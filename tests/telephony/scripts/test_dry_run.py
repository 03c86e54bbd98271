"""What would happen on a call, step by step."""

import pytest

from telephony.scripts.dry_run import CallParameters, run
from tests.telephony.scripts.desk import work

MENU = """<document>
<variables><asked>{destination_number}</asked></variables>
<work><answer/>
 <speak lang="en-US" input-timeout="5000">
   Press 1,
   {caller_username}.
   <bind action="{script_address}?script=any">~[0-9]+</bind>
   <bind action="{script_address}?script=one">1</bind>
 </speak>
 <hangup/>
</work></document>"""


def steps(script, **more):
    return run(script, CallParameters(caller_username="Zoë"), **more)


def texts(script, **more):
    return [step.text for step in steps(script, **more)]


def test_a_caller_who_presses_nothing_hears_it_to_the_end():
    assert [(step.line, step.text) for step in steps(MENU)] == [
        (3, "Takes the call."),
        (4, "Says “Press 1, Zoë.” in en-US."),
        (4, "Waits up to 5 seconds for a key."),
        (4, "No key is pressed, so it goes on."),
        (10, "Ends the call."),
    ]
    assert steps(MENU)[-1].ends


@pytest.mark.parametrize(("keys", "line", "script"), [("1", 8, "one"), ("23", 7, "any")])
def test_the_keys_choose_what_is_loaded_next_written_out_before_described(keys, line, script):
    last = steps(MENU, presses=[keys])[-1]
    assert last.line == line
    assert last.text.endswith(f"It loads the script {script}.")
    assert last.next_load.address == f"{{script_address}}?script={script}"
    assert last.next_load.parameters == {"asked": "31201234567", "dialed_digits": keys}


def test_keys_that_fit_nothing_lead_nowhere():
    assert "The caller presses #, which nothing fits, so it goes on." in texts(MENU, presses=["#"])


def test_ringing_says_whom_for_how_long_and_what_comes_after():
    script = work(
        """<dial action="{script_address}?script=later" strategy="sequence" timeout="20" max-call-duration="600">
        <number timeout="10">31201234567</number><sipaccount>ann</sipaccount><sipuri>x@y.org</sipuri></dial>"""
    )
    rings, after = steps(script, dial_results=["NO_ANSWER"])
    assert rings.text == (
        "Rings 31201234567 (up to 10 seconds), ann and x@y.org one after the other, for up to 20 seconds. "
        "The call may last 600 seconds at most."
    )
    assert after.text == "Nobody answered. Afterwards it loads the script later with bridge_status=NO_ANSWER."
    assert after.next_load.parameters == {"bridge_status": "NO_ANSWER"}


def test_without_an_action_the_same_script_would_ring_again():
    last = steps(work("<dial><sipaccount>ann</sipaccount><sipaccount>bob</sipaccount></dial><hangup/>"))[-1]
    assert "would ring again" in last.text
    assert last.next_load.address == ""


def test_a_script_that_ends_nothing_is_a_loop():
    last = steps(work("<answer/><wait>5</wait>"))[-1]
    assert "loop" in last.text
    assert last.next_load is not None


def test_nothing_follows_the_end():
    assert texts(work("<hangup/><speak>Never</speak>")) == ["Ends the call."]


def test_every_verb_is_told():
    assert texts(
        work(
            """<answer/><speak>Hello</speak><playback file="https://x.org/a.wav"/><playback>b.wav</playback>
            <ringback/><ringback>c.wav</ringback><echo>1500</echo><record/><record name="d" on-answered="true"/>
            <conference>room</conference><intercept>42</intercept><wait action="https://x.org/">2</wait>"""
        )
    ) == [
        "Takes the call.",
        "Says “Hello”.",
        "Plays https://x.org/a.wav.",
        "Plays b.wav.",
        "While it rings, the caller hears a tone.",
        "While it rings, the caller hears c.wav.",
        "Plays the caller's own voice back after 1.5 seconds.",
        "Records from here on.",
        "Records from when somebody answers, as d.",
        "Puts the caller into the conference room room.",
        "Takes over the call 42.",
        "Waits in silence for 2 seconds.",
        "Then it loads https://x.org/.",
    ]


def test_a_script_that_is_not_right_yet_is_told_as_far_as_it_goes():
    assert texts(work("<speek>Hello</speek><wait>soon</wait><dial/>"))[:3] == [
        "Apidaze does not know <speek>; what it does then is not known.",
        "Waits in silence for ?.",
        "Rings nobody for up to 60 seconds.",
    ]
    assert texts("<document><work></document>")[0].startswith("Apidaze cannot read this script")
    assert "loop" in texts("<html/>")[0]
