"""Calls that the sandbox makes: the fact sheet, sections 5 and 10."""

import pytest

from tests.calling import call_through
from tests.sandbox.script_host import BYE

DIAL = '<dial timeout="30"{more}><number>31201234567</number><sipaccount>ann</sipaccount></dial>'


def work(*verbs, variables=""):
    return f"<document>{variables}<work>{''.join(verbs)}</work></document>"


@pytest.fixture
def call(fresh, host):
    """Register the address at which the host says these things, and call; returns the transcript."""

    def call(*answers, **plan):
        fresh.set_scripts(host.says("/script/", *answers))
        return fresh.call_number(plan.pop("destination_number", "31201234567"), **plan)

    return call


def steps_of(transcript):
    return [(step["verb"], step["outcome"]) for load in transcript["loads"] for step in load["steps"]]


def test_a_call_is_two_loads_and_the_last_says_exiting(call, host):
    transcript = call(work("<answer/>", '<speak lang="en-US">Hello.</speak>', "<hangup/>"))
    first, last = [parameters for _method, _path, parameters in host.asked]
    session_id = transcript["session_id"]
    assert first == {
        "session_id": session_id,
        "uuid": session_id,
        "destination_number": "31201234567",
        "caller_id_number": "31612345678",
        "caller_username": "anonymous",
        "url": f"{host.url}/script/",
    }
    assert last == first | {"hangup_cause": "NORMAL_CLEARING", "work_tag": "<hangup/>", "exiting": "true"}
    assert steps_of(transcript) == [
        ("answer", "the call is answered"),
        ("speak", "the caller hears this"),
        ("hangup", "the call ends"),
    ]
    assert transcript["ending"] == "script"


def test_path_and_query_of_the_registered_address_are_kept(fresh, host):
    fresh.set_scripts(f"{host.says('/a/b/', BYE)}?x=1&y=")
    fresh.call_number("31201234567")
    assert all(parameters["x"] == "1" and parameters["y"] == "" for _method, _path, parameters in host.asked)


def test_loads_can_come_as_forms(call, host):
    call(BYE, method="POST")
    assert [method for method, _path, _parameters in host.asked] == ["POST", "POST"]
    assert host.asked[0][2]["destination_number"] == "31201234567"


def test_a_sip_account_can_call(call, host):
    call(BYE, caller="ann", caller_id_number="201")
    parameters = host.asked[0][2]
    assert parameters["sip_from_uri"] == "ann@vm.1cdef287.apidaze.voip"
    assert (parameters["caller_username"], parameters["caller_id_number"]) == ("ann", "201")


def test_digits_lead_to_the_address_of_their_bind(call, host):
    menu = work(
        f'<speak>1, 2 or 3.<bind action="{host.says("/one/", BYE)}">1</bind>'
        f'<bind action="{host.says("/more/", BYE)}">~[2-3]</bind></speak>',
        "<hangup/>",
    )
    pressed = call(menu, digits=["3"])
    assert [path for _method, path, _parameters in host.asked] == ["/script/", "/more/", "/more/"]
    assert host.asked[1][2]["dialed_digits"] == "3"
    assert "dialed_digits" not in host.asked[2][2]
    assert steps_of(pressed)[0] == ("speak", "the caller presses 3")
    assert steps_of(call(menu, digits=["9"]))[0] == ("speak", "the caller presses 9, for which there is no bind")
    assert steps_of(call(menu))[0] == ("speak", "the caller hears this and presses nothing")
    twice = call(menu.replace("<hangup/>", ""), digits=["", "1"])
    assert [outcome for _verb, outcome in steps_of(twice)][:2] == [
        "the caller hears this and presses nothing",
        "the caller presses 1",
    ]


@pytest.mark.parametrize(
    ("result", "cause"), [("SUCCESS", "NORMAL_CLEARING"), ("BUSY", "USER_BUSY"), ("NO_ANSWER", "NO_USER_RESPONSE")]
)
def test_a_dial_tells_its_action_how_it_went(call, host, result, cause):
    after = host.says("/after/", BYE)
    transcript = call(work(DIAL.format(more=f' action="{after}"'), "<hangup/>"), results=[result])
    assert host.asked[1][1] == "/after/"
    assert (host.asked[1][2]["bridge_status"], host.asked[1][2]["hangup_cause"]) == (result, cause)
    dial = transcript["loads"][0]["steps"][0]
    assert (dial["outcome"], dial["text"]) == (result, "number 31201234567, sipaccount ann")


def test_a_dial_without_action_loads_the_same_again(call, host):
    call(work(DIAL.format(more=""), "<hangup/>"), BYE, results=["BUSY"])
    assert [path for _method, path, _parameters in host.asked] == ["/script/"] * 3
    assert "bridge_status" not in host.asked[0][2]
    assert [parameters["bridge_status"] for _method, _path, parameters in host.asked[1:]] == ["BUSY", "BUSY"]


@pytest.mark.parametrize(("is_registered", "outcome"), [(True, "SUCCESS"), (False, "NO_ANSWER")])
def test_a_phone_answers_when_it_is_registered(call, fresh, is_registered, outcome):
    fresh.change_sip_account("warehouse", is_registered=is_registered)
    transcript = call(work("<dial><sipaccount>warehouse</sipaccount></dial>"), BYE)
    assert steps_of(transcript)[0] == ("dial", outcome)


def test_the_other_side_has_scripts_of_its_own(call, host):
    host.says("/answered/", work("<speak>A call for you.</speak>"))
    host.says("/left/", work("<speak>They hung up.</speak>"))
    more = f' answer-url="{host.url}/answered/" caller-hangup-url="{host.url}/left/"'
    dial = work(DIAL.format(more=more))
    call(dial, BYE, results=["SUCCESS"])
    assert [path for _method, path, _parameters in host.asked] == ["/script/", "/answered/", "/script/", "/script/"]
    host.asked.clear()
    transcript = call(dial, BYE, results=["CALLER_HANGUP"])
    assert [path for _method, path, _parameters in host.asked] == ["/script/", "/left/", "/script/"]
    assert host.asked[-1][2]["hangup_cause"] == "ORIGINATOR_CANCEL"
    assert transcript["ending"] == "caller"


def test_variables_are_echoed_and_never_hide_what_the_call_knows(call, host):
    variables = "<variables><caller>42</caller><session_id>mine</session_id></variables>"
    transcript = call(work(variables=variables), BYE)
    assert "caller" not in host.asked[0][2]
    assert [parameters["caller"] for _method, _path, parameters in host.asked[1:]] == ["42", "42"]
    assert host.asked[1][2]["session_id"] == transcript["session_id"]


def test_without_hangup_the_script_is_loaded_again_and_again(call, host):
    transcript = call(work("<playback>music.wav</playback>"))
    assert len(host.asked) == 21
    assert host.asked[-1][2]["exiting"] == "true"
    assert transcript["ending"] == "loop"


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("<document><work><answer></work></document>", "line 1, column"),
        ("", "Document is empty"),
        ("<document/>", "no <work>"),
        ("<html><work/></html>", "no <work>"),
        ("<document><work>" + "<a>" * 1000 + "</a>" * 1000 + "</work></document>", "depth"),
    ],
)
def test_what_is_no_script_is_complained_about_in_the_last_load(call, host, answer, complaint):
    transcript = call(answer)
    assert complaint.lower() in host.asked[-1][2]["XML_error"].lower()
    assert len(host.asked) == 2
    assert transcript["ending"] == "bad-script"


def test_another_status_and_another_content_type_are_complained_about(call, host, fresh):
    host.status = 500
    assert call(BYE)["loads"][-1]["parameters"]["XML_error"] == "The script answers 500."
    fresh.set_scripts(f"{fresh.url}/_sandbox/health")
    assert "application/json" in fresh.call_number("1")["loads"][-1]["parameters"]["XML_error"]


def test_entities_are_not_opened(call):
    answer = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + work("<speak>&e;</speak>", "<hangup/>")
    assert "root:" not in str(call(answer))


def test_a_script_of_another_computer_is_not_loaded(fresh):
    transcript = fresh.call_number("31201234567")
    assert transcript["ending"] == "unloadable"
    assert "this computer alone" in transcript["loads"][0]["error"]


@pytest.mark.parametrize("verb", ["conference", "echo", "intercept"])
def test_some_verbs_last_until_the_caller_hangs_up(call, verb):
    transcript = call(work("<answer/>", f"<{verb}>500</{verb}>", "<speak>Never heard.</speak>"))
    assert [name for name, _outcome in steps_of(transcript)] == ["answer", verb]
    assert transcript["ending"] == "caller"


def test_the_others_let_the_call_go_on(call):
    verbs = ["<ringback/>", '<record name="a"/>', "<wait>2</wait>", "<shout/>", "<hangup/>"]
    transcript = call(work(*verbs))
    assert [name for name, _outcome in steps_of(transcript)] == ["ringback", "record", "wait", "shout", "hangup"]
    assert steps_of(transcript)[3] == ("shout", "Apidaze does not know this")


def test_calls_are_kept(call, fresh):
    transcript = call(BYE)
    (kept,) = fresh.records("apidaze")["calls"]
    assert (kept["session_id"], kept["ending"]) == (transcript["session_id"], "script")
    assert kept["loads"] == transcript["loads"]


@pytest.mark.parametrize(
    "values",
    [
        {"provider": "apidaze"},
        {"provider": "apidaze", "nothing": {}},
        {"provider": "outvoice", "call": {}},
        {"provider": "apidaze", "call": []},
        {"provider": "apidaze", "call": {"number": "1"}},
        {"provider": "apidaze", "call": {"destination_number": 31}},
        {"provider": "apidaze", "call": {"digits": "1"}},
        {"provider": "apidaze", "call": {"digits": ["a"]}},
        {"provider": "apidaze", "call": {"results": ["MAYBE"]}},
        {"provider": "apidaze", "call": {"method": "PUT"}},
        {"provider": "apidaze", "call": {"caller": "nobody"}},
    ],
)
def test_a_call_that_could_never_be_is_refused(apidaze, values):
    assert apidaze.control("errands", values)[0] == 400


def test_without_a_script_nobody_can_call(apidaze, fresh):
    fresh.set_scripts()
    status, answer = apidaze.control("errands", {"provider": "apidaze", "call": {}})
    assert (status, answer["error"]) == (400, "call: no script is registered.")


@pytest.mark.django_db
def test_a_script_of_ours_can_be_called_without_a_server():
    transcript = call_through("http://testserver/healthz/alive?kept=1", digits=["1"])
    assert transcript.ending == "bad-script"
    assert "not text/xml" in transcript.loads[-1].parameters["XML_error"]
    assert transcript.steps == []
