"""What a message template is told while it is typed and when it is saved: a warning, never a refusal."""

import pytest

from otp.models import OtpApp
from otp.services import check_template, placeholders_in_use
from otp.template_check import check
from tests.contributors.factories import make_person, signed_in
from tests.otp.factories import VALUES, make_account, make_app
from tests.otp.test_pages import LIST, address, text_of, typed
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.common.sms import Encoding
from voicehub.sync.models import Connection, RecordState

CHECK = f"{LIST}check-template/"
BOTH = frozenset({"[code]", "{{code}}"})


def look_over(template, *, in_use=BOTH, app_name="Till", code_size=6):
    return check(template, app_name=app_name, code_size=code_size, in_use=in_use)


@pytest.mark.parametrize("template", ["[app_name]: [code]", "{{app_name}}: {{code}}", "Till: [code]"])
def test_the_preview_has_a_code_of_the_real_length_and_the_name(template):
    assert look_over(template, code_size=5).preview == "Till: 12345"
    assert look_over(template, code_size=12).preview == "Till: 123456789012"
    assert not look_over(template).warnings


def test_a_name_that_looks_like_a_placeholder_is_not_filled_in_again():
    assert look_over("[app_name]: [code]", app_name="[code]").preview == "[code]: 123456"


@pytest.mark.parametrize(
    ("template", "text", "meant"),
    [
        ("[Code]", "[Code]", "[code]"),
        ("{{ code }}", "{{ code }}", "{{code}}"),
        ("{code}", "{code}", "{{code}}"),
        ("{{code}", "{{code}", "{{code}}"),
        ("[code is", "[code", "[code]"),
        ("is code}}", "code}}", "{{code}}"),
        ("[app name]", "[app name]", "[app_name]"),
        ("{{App-Name}}", "{{App-Name}}", "{{app_name}}"),
    ],
)
def test_a_misspelt_placeholder_is_named_with_what_was_meant(template, text, meant):
    assert f"“{text}” may be sent as it stands: the placeholder is written {meant}." in look_over(template).warnings


def test_anything_else_in_braces_is_no_known_placeholder_and_a_word_in_square_brackets_may_be_text():
    assert look_over("[Acme] [code] {{till}}").warnings == (
        "“{{till}}” is no placeholder that is known: it may be sent as it stands.",
    )


@pytest.mark.parametrize(
    ("text", "in_use", "meant"),
    [
        ("[pin]", BOTH, "[code]"),
        ("[name]", BOTH, "[app_name]"),
        ("{{otp}}", BOTH, "{{code}}"),
        ("{code}", {"[code]"}, "[code]"),
        ("{code}", {"{{code}}"}, "{{code}}"),
    ],
)
def test_what_others_call_the_same_is_advised_in_the_style_of_the_account(text, in_use, meant):
    words = f"“{text}” may be sent as it stands: the placeholder is written {meant}."
    assert words in look_over(f"{text} [code] {{{{code}}}}", in_use=frozenset(in_use)).warnings


@pytest.mark.django_db
def test_the_usual_sentence_of_ourvoice_is_not_warned_about():
    app = make_app(connection=make_account(), message_template="[code]")
    OtpApp._base_manager.filter(pk=app.pk).update(sync_state=RecordState.IN_STEP)
    assert check_template(OtpApp(name="Till", connection=app.connection)).warnings == ()


@pytest.mark.parametrize(
    ("in_use", "warnings"),
    [
        (BOTH, ()),
        (frozenset(), ()),
        ({"{{code}}", "[app_name]"}, ()),
        ({"[code]"}, ("The other apps of this account use [code]: {{code}} may be sent as it stands.",)),
    ],
)
def test_a_style_that_no_other_app_uses_is_warned_about(in_use, warnings):
    assert look_over("[app_name]: {{code}}", in_use=in_use).warnings == warnings


@pytest.mark.parametrize(("in_use", "named"), [(BOTH, "[code] or {{code}}"), ({"{{code}}"}, "no {{code}} in")])
def test_a_missing_code_is_asked_for_in_the_style_of_the_account(in_use, named):
    (warning,) = look_over("Hello", in_use=in_use).warnings
    assert named in warning
    assert "may come without the code" in warning


def test_placeholders_are_counted_as_what_replaces_them():
    checked = look_over("é" * 154 + "[code]")
    assert (checked.segments.units, checked.segments.count, checked.warnings) == (160, 1, ())
    assert look_over("é" * 155 + "[code]").warnings == ("The message is too long for one SMS: it takes 2.",)


def test_what_forces_the_larger_alphabet_is_marked_named_and_weighed():
    checked = look_over("Reçu\u00a0? Même s’il expire, gardez-le pour vous et vos proches. Code : [code] 😀")
    assert checked.segments.encoding is Encoding.UCS_2
    assert [text for text, is_odd in checked.pieces if is_odd] == ["ç", "␣", "ê", "’", "😀"]
    assert [(odd.name, odd.advice) for odd in checked.odd_characters[:3]] == [
        ("Latin small letter c with cedilla", "instead: c"),
        ("No-break space", "instead: a space"),
        ("Latin small letter e with circumflex", "instead: e"),
    ]
    assert checked.odd_characters[4].advice == "may be left out"
    assert checked.saving == "In GSM-7 the message takes 1 SMS instead of 2."
    assert look_over("ê [code]").saving == "In GSM-7 there is room for 152 more characters instead of 62."


@pytest.mark.parametrize("template", ["код [code]", "…" * 60 + "[code]", "plain [code]"])
def test_nothing_is_promised_where_replacing_helps_nobody(template):
    assert look_over(template).saving == ""


def test_many_odd_characters_are_named_in_part():
    checked = look_over("съешь же ещё этих мягких булок [code]")
    assert len(checked.odd_characters) + checked.unnamed == len(checked.segments.offending)
    assert checked.unnamed > 0


@pytest.mark.django_db
def test_the_style_is_learned_from_the_other_apps_in_step_of_the_same_account():
    account = make_account()
    strange = Connection.objects.create(provider="ourvoice", base_url="http://x.test", account="other")
    for connection, template, state in [
        (account, "[app_name] [code]", RecordState.IN_STEP),
        (account, "{{code}}", RecordState.WAITING),
        (strange, "{{app_name}}", RecordState.IN_STEP),
    ]:
        app = make_app(connection=connection, message_template=template)
        OtpApp._base_manager.filter(pk=app.pk).update(sync_state=state)
    own = make_app(connection=account, message_template="{{code}}")
    OtpApp._base_manager.filter(pk=own.pk).update(sync_state=RecordState.IN_STEP)
    assert placeholders_in_use(own) == {"[app_name]", "[code]"}
    assert "The other apps of this account use [code]" in check_template(own).warnings[0]


@pytest.fixture
def client(ourvoice):
    return signed_in(make_person("sam", STAFF))


def test_while_typing_the_fragment_shows_the_message(client, golden):
    typed_in = {"app": golden.pk, "name": "Bar", "message_template": "[app_name]:\r\n[code]", "code_size": "4"}
    page = client.post(CHECK, typed_in).content.decode()
    assert ">Bar:\n1234</p>" in page
    assert "9 characters" in page
    golden.refresh_from_db()
    assert golden.name == "GOLDEN"


def test_a_name_may_come_last_and_an_empty_template_shows_the_usual_sentence(client):
    page = text_of(client.post(CHECK, {"code_size": "6"}))
    assert "Votre code pour App name est: 123456" in page
    assert "The template is empty" in page


@pytest.mark.parametrize("rename", [{"rename_in_template": "on"}, {}])
def test_the_preview_follows_the_offer_to_rename(client, rename):
    app = make_app(name="Till", message_template="Till: [code]")
    changes = {"app": app.pk, "name": "Bar", "message_template": "Till: [code]"} | rename
    page = text_of(client.post(CHECK, VALUES | changes))
    assert f">{'Bar' if rename else 'Till'}: 123456</p>" in page


@pytest.mark.parametrize(
    "hostile",
    [
        {"message_template": "m" * 481},
        {"message_template": "[" * 480 + "\0"},
        {"code_size": "999999999"},
        {"code_size": "x"},
        {"name": "n" * 101},
    ],
)
def test_what_cannot_be_saved_is_said_and_not_looked_over(client, hostile):
    response = client.post(CHECK, VALUES | hostile)
    assert response.status_code == 200
    assert response.context["errors"]
    assert "check" not in response.context


@pytest.mark.parametrize("app", ["x", "-1", "7", "9" * 20])
def test_an_app_that_is_not_there_any_more_is_looked_over_as_a_new_one(client, app):
    assert "Till: 123456" in text_of(client.post(CHECK, VALUES | {"app": app}))


def test_nothing_typed_becomes_markup(client):
    attack = {"name": "<script>x</script>", "message_template": "[app_name] {{<b>}} <img src=x>ê"}
    page = client.post(CHECK, VALUES | attack).content.decode()
    assert not any(tag in page for tag in ("<script", "<img", "<b>"))
    page = client.post(f"{LIST}add/", VALUES | attack, follow=True).content.decode()
    assert not any(tag in page for tag in ("<script>x", "<img src=x", "<b>}}"))


def test_the_panel_is_there_when_the_page_opens_also_for_who_may_only_look(client, golden):
    for visitor in (client, signed_in(make_person("ann", APPROVERS))):
        assert "Votre code de vérification GOLDEN est 12345." in text_of(visitor.get(address(golden)))


def test_a_form_that_comes_back_shows_what_was_typed(client, golden):
    response = client.post(address(golden), typed(client, golden, message_template="Other [code]", sender_id=""))
    assert ">Other 12345</p>" in text_of(response)


def test_every_warning_is_told_on_saving_and_nothing_is_refused(client):
    response = client.post(f"{LIST}add/", VALUES | {"message_template": "[Code] {{otp}}"}, follow=True)
    told = {str(message) for message in response.context["messages"] if message.level_tag == "warning"}
    warnings = check_template(OtpApp.objects.get()).warnings
    assert told == set(warnings)
    assert len(warnings) == 3
