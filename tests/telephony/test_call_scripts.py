"""Call scripts: drafts nobody hears, versions for good, and which script answers which number."""

import pytest

from telephony.models import CalledNumber, CallScript, ScriptVersion
from voicehub.common.models.audit import AppendOnlyError

pytestmark = pytest.mark.django_db

TEXT = "<document><work><answer/><hangup/></work></document>"
NUMBER = "31201234567"


def make_published(name, *, numbers=(), is_default=False):
    script = CallScript.objects.create(name=name, draft=TEXT, draft_numbers=list(numbers))
    version = ScriptVersion.objects.create(script=script, number=1, text=TEXT, numbers=list(numbers))
    CallScript.objects.filter(pk=script.pk).update(published=version, is_default=is_default)
    CalledNumber.objects.bulk_create(CalledNumber(number=number, script=script) for number in numbers)
    return version


def test_a_number_is_answered_by_its_script_else_by_the_default_in_one_query(django_assert_num_queries):
    own, default = make_published("own", numbers=[NUMBER]), make_published("default", is_default=True)
    with django_assert_num_queries(2):
        assert ScriptVersion.objects.answering(NUMBER) == own
        assert ScriptVersion.objects.answering("31209999999") == default


def test_without_a_default_nobody_answers_an_unknown_number():
    make_published("own", numbers=[NUMBER])
    assert ScriptVersion.objects.answering("31209999999") is None


@pytest.mark.parametrize("name", ["nowhere", "draft", "", "a\x00b", "Ä" * 100_000])
def test_only_published_scripts_are_found_by_their_name(name):
    CallScript.objects.create(name="draft", draft=TEXT)
    version = make_published("menu")
    assert ScriptVersion.objects.named("menu") == version
    assert ScriptVersion.objects.named(name) is None


def test_a_version_never_changes():
    version = make_published("menu")
    version.text = "other"
    for change in (version.save, version.delete, ScriptVersion.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()
