"""The set-up pages: what is configured, what is missing, and the way from a demo to a live installation."""

from html import unescape
from http import HTTPStatus

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from campaigns.hooks import VoiceShotPosts
from tests.common.factories import make_person
from tests.contributors.factories import make_account
from voicehub.common import setting_up
from voicehub.common.hooks import addresses
from voicehub.common.hooks.kinds import kind_of
from voicehub.common.models import AuditEntry, SetUpTick
from voicehub.common.roles import ADMINS
from voicehub.sync.models import Exchange

pytestmark = pytest.mark.django_db

PROVIDERS = ("outvoice", "ourvoice", "apidaze", "voitex", "voiceshot")
SECRETS = (
    "OUTVOICE_CLIENT_ID",
    "OURVOICE_API_KEY",
    "APIDAZE_CLIENT_ID",
    "APIDAZE_CLIENT_SECRET",
    "VOITEX_AUTH_KEY",
    "VOICESHOT_USERNAME",
    "VOICESHOT_PASSWORD",
    "VOICESHOT_HOOK_USER",
    "VOICESHOT_HOOK_PASSWORD",
)


@pytest.fixture
def anna():
    return make_person("anna", ADMINS)


@pytest.fixture
def admin(anna):
    client = Client()
    client.force_login(anna)
    return client


@pytest.fixture
def ourvoice(settings, sandbox):
    sandbox.reset("ourvoice")
    settings.OURVOICE_BASE_URL = sandbox.ourvoice_url
    settings.OURVOICE_API_KEY = settings.SANDBOX_OURVOICE_API_KEY
    return sandbox


def page_of(client: Client, slug: str = "") -> str:
    url = reverse("admin:set_up_provider", args=[slug]) if slug else reverse("admin:set_up")
    return unescape(client.get(url).content.decode())


def check(client: Client, slug: str) -> str:
    return unescape(client.post(reverse("admin:set_up_check", args=[slug]), follow=True).content.decode())


def tick(client: Client, step: str, **form: str) -> int:
    return client.post(reverse("admin:set_up_tick", args=[step]), form).status_code


def test_every_provider_has_a_guide_and_no_page_shows_a_secret(admin, settings):
    assert {guide.slug for guide in setting_up.guides()} == set(PROVIDERS)
    for name in SECRETS:
        setattr(settings, name, f"m4rker-{name}")
    settings.VOITEX_CALL_URL = "https://me:m4rker@voitex.example.org/call?key=m4rker"
    settings.OURVOICE_BASE_URL = "https://me:m4rker@ourvoice.example.org/v1?key=m4rker"
    pages = {slug: page_of(admin, slug) for slug in PROVIDERS}
    assert not any("m4rker" in page for page in [page_of(admin), *pages.values()])
    assert "https://voitex.example.org/call" in pages["voitex"]
    assert all(name in "".join(pages.values()) for name in SECRETS)


def test_a_new_setting_that_sounds_secret_is_hidden_without_anybody_saying_so(settings):
    named = {name for name in dir(configured) if name.startswith(tuple(f"{slug.upper()}_" for slug in PROVIDERS))}
    shown = {name for name in named if setting_up.setting_of(name).value}
    assert not shown & set(SECRETS)
    settings.OURVOICE_SIGNING_KEY = "m4rker"
    assert setting_up.setting_of("OURVOICE_SIGNING_KEY").value == ""


def test_what_is_missing_is_named_with_what_it_keeps_from_working_and_the_line_to_add(admin, settings):
    settings.APIDAZE_CLIENT_SECRET = ""
    page = page_of(admin, "apidaze")
    assert "callers do not get to the call scripts" in page
    assert "APIDAZE_CLIENT_SECRET=" in page
    assert "APIDAZE_CLIENT_ID=" not in page
    assert "Check the connection" not in page


def test_checking_a_connection_only_reads_and_its_outcome_stays_on_the_page(admin, anna, ourvoice, settings):
    assert "Ourvoice answers" in check(admin, "ourvoice")
    assert "It answered when anna tested it" in page_of(admin)
    settings.OURVOICE_API_KEY = "wrong|key"
    check(admin, "ourvoice")
    assert "The last test, by anna, failed" in page_of(admin, "ourvoice")
    assert {exchange.method for exchange in Exchange.objects.all()} == {"GET"}
    actions = AuditEntry.objects.filter(actor=anna).values_list("action", flat=True).order_by("id")
    assert list(actions)[-2:] == ["account.answered", "account.failed"]


def test_a_check_without_an_account_says_so_and_one_that_nothing_answers_to_says_why(admin, outvoice_sandbox):
    assert "No account is connected yet" in check(admin, "outvoice")
    make_account()
    assert "The last test, by anna, failed" in check(admin, "outvoice")


def test_voitex_says_which_revision_has_no_question_without_an_effect(admin, settings):
    settings.VOITEX_CONTACTS_URL = ""
    page = page_of(admin, "voitex")
    assert "has no question without an effect" in page
    assert "Check the connection" not in page
    settings.VOITEX_CONTACTS_URL = "https://contacts.example.org/"
    assert "Check the connection" in page_of(admin, "voitex")


def test_a_step_that_voicehub_sees_ticks_itself(admin, settings):
    def done() -> set[str]:
        lines = admin.get(reverse("admin:set_up")).context["lines"]
        return {line.step.name for line in lines if line.is_done}

    settings.ALLOWED_NUMBER_PREFIXES = []
    settings.VOICEHUB_DEMO = True
    assert not done() & {"mode", "prefixes", "address", "hosts"}
    assert "admin" in done()
    settings.ALLOWED_NUMBER_PREFIXES = ["+1"]
    settings.ALLOWED_HOSTS = ["hub.example.org", "testserver"]
    settings.PUBLIC_BASE_URL, settings.SERVED_OVER_HTTPS = "https://hub.example.org", True
    settings.VOICEHUB_DEMO = False
    assert done() >= {"mode", "prefixes", "address", "hosts"}
    settings.ALLOWED_NUMBER_PREFIXES = []
    assert "It is done: Numbers" not in page_of(admin)
    assert tick(admin, "prefixes", done="1") == HTTPStatus.NOT_FOUND


def test_a_step_that_only_a_person_sees_is_ticked_with_who_and_when_and_can_be_opened_again(admin, anna):
    assert tick(admin, "backup", done="1") == tick(admin, "backup", done="1") == HTTPStatus.FOUND
    assert SetUpTick.objects.get(pk="backup").by == anna
    assert "Open again: Backups" in page_of(admin)
    assert tick(admin, "backup") == HTTPStatus.FOUND
    assert not SetUpTick.objects.exists()
    assert list(AuditEntry.objects.filter(action__startswith="set_up.").values_list("action", flat=True)) == [
        "set_up.unticked",
        "set_up.ticked",
    ]


def test_an_inbound_address_is_made_and_exchanged_where_the_provider_is_set_up(admin, anna):
    assert "Make the address" in page_of(admin, "voiceshot")
    path = addresses.make(kind_of(VoiceShotPosts.slug), user=anna)
    page = page_of(admin, "voiceshot")
    assert "Make the address" not in page
    assert "Exchange the address" in page
    assert path not in page


def test_the_set_up_pages_ask_the_database_little(admin, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page_of(admin)
    with django_assert_max_num_queries(15):
        page_of(admin, "voitex")
