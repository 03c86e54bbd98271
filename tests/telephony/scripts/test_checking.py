"""Whether a script can be published: one wrong script for each rule, with the exact place of what is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.scripts.checking import check
from telephony.scripts.language import PARTS, VERBS
from telephony.scripts.problems import CODES, MOST_SHOWN
from telephony.scripts.source import LARGEST
from tests.telephony.scripts.desk import checked, complete, context, marked, work

SHEET = """<document><variables><caller>42</caller></variables>
 <work><answer/><speak lang="en-US" input-timeout="5000">Press 1.
   <bind action="https://x/y/">1</bind><bind action="https://x/z/">~[3-9]</bind></speak>
  <dial timeout="30" strategy="sequence"><number>31201234567</number><sipaccount>ann</sipaccount></dial>
  <hangup/></work></document>
"""
BINDS = """<bind action="http://example.org/digits?bind=1">1</bind>
   <bind action="http://example.org/digits?bind=other">~[3-9]</bind>"""
# The shapes of the vendor's own examples, in our words.
ACCEPTED = [
    SHEET,
    "<document><work><hangup/></work></document>",
    '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <work>\n  <answer/>\n </work>\n</document>',
    work('<answer/><playback file="http://example.org/welcome.wav"></playback><hangup/>'),
    work(f'<answer/>\n<playback input-timeout="5000" file="http://example.org/welcome.wav">{BINDS}</playback>'),
    work(f'<answer/><speak input-timeout="5000">Press a key, or don\'t.{BINDS}</speak>'),
    work("<speak>You are joining the conference</speak><conference>my_room</conference>"),
    work('<dial timeout="12" max-call-duration="300"><number>31201234567</number></dial><hangup/>'),
    work("<dial><sipaccount>targetaccount</sipaccount></dial><hangup/>"),
    work("<dial><sipuri>phone_number@sip.example.org</sipuri></dial><hangup/>"),
    work(
        """<dial timeout="60"
            max-call-duration="300"
            strategy="sequence"
            action="http://action.example.org"
            answer-url="http://answer.example.org"
            caller-hangup-url="http://hangup.example.org">
          <number timeout="5">31201234567</number><sipaccount>ann</sipaccount><sipuri>x@sip.example.org</sipuri>
        </dial><hangup/>"""
    ),
    work("<answer/><echo>500</echo>"),
    work("<answer/><intercept>f28a3e29-dac4-462c-bf94-b1d518ddbe2d</intercept><hangup/>"),
    work("<answer/><wait>2</wait><speak lang=\"en-US\">Leave word.</speak><record name='example1'/><wait>60</wait>"),
    work('<answer/><record name="a" on-answered="true" aleg="false" bleg="false"/><wait>60</wait><hangup/>'),
    work("<answer/><ringback>http://example.org/w.wav</ringback><dial><sipaccount>bob</sipaccount></dial><hangup/>"),
    work('<ringback/><dial><sipaccount timeout="20">ann</sipaccount></dial>'),
    work('<answer/><speak lang="fr-FR" voice="female-b">Bonjour, n\'oubliez pas.</speak><wait>5</wait>'),
    "\ufeff" + complete("<!-- a note --><speak><![CDATA[Terms & conditions]]></speak>"),
    "<document><params/><work><hangup/></work></document>",
]

SPEAK = "<speak>Hello"
BIND = '<bind action="https://voicehub.example/x">'
WRONG = [
    ("E1", "<document><work><answer/>▲</wrk></document>"),
    ("E1", "<document>\n <work>\n  <hangup/>\n▲"),
    ("E1", "▲"),
    ("E1", "▲Hello"),
    ("E1", "<document/>\n▲<document/>"),
    ("E1", '▲<?xml version="1.0" encoding="iso-8859-1"?><document/>'),
    ("E1", '\n▲<?xml version="1.0"?><document/>'),
    ("E1", complete("<speak>Terms ▲& conditions</speak>")),
    ("E1", complete('<playback file="https://x/?a=1▲&b=2"/>')),
    ("E1", complete("<speak>▲&copy;</speak>")),
    ("E1", complete("<speak>▲&#0;</speak>")),
    ("E1", complete("<speak>é\r\n▲\x00</speak>")),
    ("E1", complete('<dial timeout="1" ▲timeout="2"/>')),
    ("E1", complete("<speak▲")),
    ("E2", '▲<!DOCTYPE document SYSTEM "http://x/y.dtd"><document/>'),
    ("E2", '<?xml version="1.0"?>\n▲<!DOCTYPE a [<!ENTITY b "c">]><document>&b;</document>'),
    ("E3", "▲<html/>"),
    ("E3", "▲<Document><work/></Document>"),
    ("E3", "▲<document><variables/></document>"),
    ("E3", "<document><work><hangup/></work>\n▲<work><hangup/></work></document>"),
    ("E3", "<document>▲<answer/><work><hangup/></work></document>"),
    ("E4", complete("▲<speek>Hello</speek>")),
    ("E4", complete("▲<Speak>Hello</Speak>")),
    ("E4", complete(f"▲{BIND}1</bind>")),
    ("E4", complete("▲<number>31201234567</number>")),
    ("E4", complete("<wait>1▲<speak>Hello</speak></wait>")),
    ("E4", complete(f"{SPEAK}▲<b>you</b></speak>")),
    ("E4", complete("<speak>Hello</speak>\n  ▲Goodbye")),
    ("E4", "<document><work><answer>▲now</answer><hangup/></work></document>"),
    ("E4", complete("▲<?php echo 1 ?>")),
    ("E4", '<document ▲xmlns="urn:x"><work><hangup/></work></document>'),
    ("E4", complete("▲<x:speak>Hello</x:speak>")),
    ("E4", "<document><variables><a>▲<b/></a></variables><work><hangup/></work></document>"),
    ("E5", complete("▲<speak> \n </speak>")),
    ("E5", complete("▲<conference/>")),
    ("E5", complete("▲<intercept/>")),
    ("E5", complete('▲<playback file=" "/>')),
    ("E5", complete(f"{SPEAK}▲{BIND}</bind></speak>")),
    ("E5", complete(f"{SPEAK}▲<bind>1</bind></speak>")),
    ("E5", complete(f'{SPEAK}<bind action="▲ ">1</bind></speak>')),
    ("E5", complete('▲<dial action="{script_address}"></dial>')),
    ("E5", complete('<dial action="{script_address}">▲<sipuri/></dial>')),
    ("E6", complete("<wait>▲soon</wait>")),
    ("E6", complete("▲<wait/>")),
    ("E6", complete("<echo>\n ▲-1</echo>")),
    ("E6", complete("<wait>▲0</wait>")),
    ("E6", complete(f"<wait>▲{'9' * 5000}</wait>")),
    ("E6", complete('<dial action="{script_address}"\n  timeout="▲1.5"><sipaccount>ann</sipaccount></dial>')),
    ("E6", complete('<dial action="{script_address}" strategy="▲random"><sipaccount>ann</sipaccount></dial>')),
    ("E6", complete('<speak>We record.</speak><record on-answered="▲yes"/>')),
    ("E7", complete(f"{SPEAK}{BIND}▲one</bind></speak>")),
    ("E7", complete(f"{SPEAK}{BIND}▲~[3-9</bind></speak>")),
    ("E7", complete(f"{SPEAK}{BIND}▲~{'1' * 200}</bind></speak>")),
    ("E8", complete('<playback file="▲ftp://x/hello.wav"/>')),
    ("E8", complete("<playback>\n\t▲javascript:alert(1)//a.wav</playback>")),
    ("E8", complete(f'{SPEAK}<bind action="▲https://[x/">1</bind></speak>')),
    ("E8", complete(f'{SPEAK}<bind action="▲https:///x">1</bind></speak>')),
    ("P1", complete('<dial action="{script_address}"><number>▲4912345678</number></dial>')),
    ("P1", complete('<dial action="{script_address}"><number> ▲0201234567 </number></dial>')),
    ("P1", complete('<dial action="{script_address}"><number>▲112</number></dial>')),
    ("P1", complete('<dial action="{script_address}"><sipuri>▲sip:0049123456789@x.org</sipuri></dial>')),
    *[
        ("P1", complete(f'<dial action="{{script_address}}"><sipuri>▲{uri}</sipuri></dial>'))
        for uri in (
            "x@x.org,y@x.org",
            "x@4912345678@x.org",
            "%34%39123456789@x.org",
            "sip:%2B49123456789@x.org",
            "4912345678:secret@x.org",
            "sip:4912345678;phone-context=x@x.org",
            "tel:+49-123-45678",
            "*4912345678#@x.org",
            "0900123456@x.org",
        )
    ],
    (
        "E4",
        complete('<dial action="{script_address}"><sipaccount>ann</sipaccount>▲<Number>4912345678</Number></dial>'),
    ),
    ("P5", "<document><variables>▲<exiting>true</exiting></variables><work><hangup/></work></document>"),
    ("P1", complete('<dial action="{script_address}"><sipaccount>▲ann,sofia/gateway/49123456</sipaccount></dial>')),
    ("P2", complete('<dial action="{script_address}"><number>▲{caller_id_number}</number></dial>')),
    ("P2", complete('<dial action="{script_address}"><sipuri>▲{caller_username}@x.org</sipuri></dial>')),
    ("P2", complete('<playback file="▲https://{caller_username}/a.wav"/>')),
    ("P2", complete(f'{SPEAK}<bind action="https://voicehub.example/▲{{script_address}}">1</bind></speak>')),
    ("P2", complete("<speak>We live at ▲{script_address}</speak>")),
    ("P3", complete("<speak>Hello &amp;\r\n😀 ▲{caller}</speak>")),
    (
        "P3",
        complete(f'{SPEAK}<bind\n\taction="https://voicehub.example/?a=&#65;&amp;b=▲{{caller}}">1</bind></speak>'),
    ),
    ("P3", complete("<speak>A brace ▲{ alone</speak>")),
    ("P3", complete(f"<speak>▲{{uuid{BIND}1</bind></speak>")),
    ("P4", "▲" + "x" * (LARGEST + 1)),
    ("P4", "<a>" * 8 + "▲<a>"),
    ("P4", "<document><work>" + "<b/>" * 998 + "▲<b/>"),
    ("W1", work("<answer/>▲<speak>Hello</speak>")),
    ("W1", "<document>▲<work/></document>"),
    ("W1", complete("<hangup/>").replace("<hangup/><hangup/>", "<hangup/>▲<hangup/>")),
    ("W2", work("<wait>1</wait>▲<speak>Hello</speak><answer/><hangup/>")),
    ("W3", complete('<dial action="{script_address}"><number>▲+31 20 123 45 67</number></dial>')),
    ("W3", complete('<dial action="{script_address}"><number>▲0031-(0)20 1234567</number></dial>')),
    (
        "W3",
        complete(
            '<dial action="{script_address}" caller-id-number="▲+31201234567"><number>31201234567</number></dial>'
        ),
    ),
    ("W4", complete('<dial action="{script_address}"><sipaccount>▲carl</sipaccount></dial>')),
    ("W4", complete("<intercept>▲42</intercept>")),
    ("W5", complete('<speak lang="▲nl-NL">Hallo</speak>')),
    ("W5", complete('<speak voice="▲female-z">Hello</speak>')),
    ("W5", complete('<speak\n  ▲lng="en-US">Hello</speak>')),
    ("W5", complete('<dial action="{script_address}"><sipaccount>ann</sipaccount>▲<group>x</group></dial>')),
    ("W5", "<document>▲<params/><work><hangup/></work></document>"),
    ("W6", complete('<playback file="▲http://x.org/hello.wav"/>')),
    ("W6", complete("<playback>▲https://x.org/hello.mp3?a.wav</playback>")),
    ("W6", complete(f'{SPEAK}<bind action="▲/menu">1</bind></speak>')),
    ("W6", complete(f'{SPEAK}<bind action="▲https://voicehub.example/a b">1</bind></speak>')),
    ("W6", complete('<speak>We record.</speak><record name="▲call.wav"/>')),
    ("W7", complete("▲<record/><speak>We record.</speak>")),
    ("W8", complete(f"{SPEAK}{BIND}1</bind>\n{BIND}2</bind>▲{BIND} 1 </bind></speak>")),
    ("W9", complete('<speak>Hello<bind action="▲{script_address}?script=ring-all">1</bind></speak>')),
    ("W10", complete("▲<dial><sipaccount>ann</sipaccount></dial>")),
]


@pytest.mark.parametrize("script", ACCEPTED)
def test_the_documents_own_scripts_can_be_published(script):
    assert checked(script).errors == []
    assert checked(script.encode()).errors == []


@pytest.mark.parametrize(("code", "script"), WRONG)
def test_a_wrong_script_is_refused_or_warned_of_at_its_place(code, script):
    script, place = marked(script)
    found = checked(script).problems
    assert [(one.code, one.line, one.column) for one in found] == [(code, *place)], found


def test_every_code_has_a_wrong_script_and_only_warnings_leave_it_to_people():
    assert {code for code, _script in WRONG} == set(CODES)
    for code, script in WRONG:
        assert checked(marked(script)[0]).can_be_published == code.startswith("W")


def test_problems_are_told_in_the_order_of_the_script_and_each_says_what_to_do():
    report = checked(work("<speak>Hello {x}</speak><dial><number>+49 1</number></dial><wait>0</wait>"))
    assert [one.code for one in report.problems] == ["W2", "P3", "W10", "P1", "W3", "W1", "E6"]
    assert [one.code for one in report.errors] == ["P3", "P1", "E6"]
    assert all(one.text.endswith(".") and "%" not in one.text for one in report.problems)


def test_a_slip_of_the_pen_gets_a_suggestion_and_a_misplaced_element_its_home():
    def text(verbs):
        return checked(complete(verbs)).errors[0].text

    assert "Did you mean speak?" in text("<Speek>Hello</Speek>")
    assert "Move it into <playback> / <speak>." in text(f"{BIND}1</bind>")
    assert "</speak>" in checked("<document><work>\n<speak>Hello</work></document>").errors[0].text


def test_the_report_says_what_is_dialled_played_loaded_and_set():
    report = checked(
        """<document><variables><menu>main</menu></variables><work><answer/>
        <playback file="https://x.org/{menu}.wav"/><speak>Hello
        <bind action="{script_address}?script=announce">1</bind><bind action="https://voicehub.example?a=1">2</bind>
        <bind action="https://voicehub.example.org/x">3</bind></speak>
        <dial action="https://other.example/">
          <number>31201234567</number><number>+31 20 765 43 21</number><sipaccount>BOB</sipaccount>
          <sipuri>sip:+31881234567@gateway.org</sipuri></dial><hangup/></work></document>"""
    )
    assert report.can_be_published
    assert report.numbers == ("+31201234567", "+31207654321", "+31881234567")
    assert report.accounts == ("BOB",)
    assert report.sip_uris == ("sip:+31881234567@gateway.org",)
    assert report.media == ("https://x.org/{menu}.wav",)
    assert [(one.is_ours, one.script) for one in report.addresses] == [
        (True, "announce"),
        (True, ""),
        (False, ""),
        (False, ""),
    ]
    assert report.variables == ("menu",)


def test_names_that_other_scripts_of_the_call_set_are_known():
    script = complete("<speak>Hello {customer}</speak>")
    assert not checked(script).can_be_published
    assert checked(script, variables=("customer",)).problems == ()


def test_a_regular_expression_that_would_take_for_ever_is_refused_in_a_moment():
    binds = "".join(f"{BIND}~{pattern}</bind>" for pattern in ("(a+)+$", "[0-9]{4}", "[3-"))
    report = checked(complete(f"{SPEAK}{binds}</speak>"))
    assert ["takes too long" in one.text for one in report.errors] == [True, False]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (
            "<!DOCTYPE a ["
            + "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};">' for n in range(1, 99))
            + "]><a>&l98;</a>",
            "E2",
        ),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><document>&x;</document>', "E2"),
        ("<document>" * 100_000, "P4"),
        ("<a>" * 20_000, "P4"),
        (work("<hangup/>" * 7_000), "P4"),
        ("x" * 10_000_000, "P4"),
        (b"<" * 10_000_000, "P4"),
        ("<document " + " ".join(f'a{n}="1"' for n in range(5_000)) + "/>", "P4"),
        (work("<hangup/>").encode("utf-16"), "E1"),
        ("<document>é</document>".encode("latin-1"), "E1"),
        ("<document>\ud800</document>", "E1"),
        (work(f"<speak>{'{ ' * 30_000}</speak>"), "P3"),
        (work("<speak>" + "{\n" * 30_000 + "</speak>"), "P3"),
        (work("\n" * 50_000 + "<wait/>" * 900), "E6"),
    ],
)
def test_hostile_input_is_refused_with_its_reason(script, code):
    report = checked(script)
    assert code in {one.code for one in report.errors}
    assert len(report.problems) <= MOST_SHOWN


def test_the_place_in_text_that_is_not_utf_8_counts_characters():
    report = checked("<document>\né".encode() + b"\xff")
    assert [(one.line, one.column) for one in report.problems] == [(2, 2)]


@settings(deadline=None, max_examples=50)
@given(st.text() | st.binary())
def test_any_text_gets_an_answer(script):
    assert not check(script, context()).can_be_published


NAMES = st.sampled_from([*PARTS, "x", "params"])
VALUES = st.text("{}~1a/:.&;+ \n", max_size=12).map(lambda text: text.replace("&", "&amp;")) | st.sampled_from(
    ["https://x.org/{caller_id_number}", "{script_address}?script={uuid}", "sip:0031@x", "//[", "31201234567", "{{}}"]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from([name for part in PARTS.values() for name in part.attributes]), VALUES, max_size=3
)


def element(children):
    return st.builds(written, NAMES, ATTRIBUTES, st.lists(children, max_size=4))


def written(name, attributes, children):
    pairs = "".join(f' {attribute}="{value}"' for attribute, value in attributes.items())
    return f"<{name}{pairs}>{''.join(children)}</{name}>"


SOUP = st.recursive(VALUES, element, max_leaves=20)


@settings(deadline=None, max_examples=50)
@given(SOUP)
def test_any_soup_of_the_languages_own_words_gets_an_answer(soup):
    report = checked(work(soup))
    assert [(one.line, one.column) for one in report.problems] == sorted(
        (one.line, one.column) for one in report.problems
    )


def test_the_table_names_only_elements_it_has():
    assert all(child in PARTS for part in PARTS.values() for child in part.children)
    assert all(part.help for part in PARTS.values())
    assert set(VERBS) <= set(PARTS)
