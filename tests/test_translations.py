"""Every text has its French, as good in form as the English, and the compiled texts are those that stand beside."""

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FRENCH = Path("fr", "LC_MESSAGES")
OURS = ROOT / "voicehub" / "locale" / FRENCH
PACKAGES = ROOT / "voicehub" / "locale_of_packages" / FRENCH
SOURCES = ("voicehub", "contributors", "otp", "telephony", "campaigns")
CALLS = ("gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy")
CALLS_WITH_CONTEXT = ("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy")
TRANSLATORS = ("django.utils.translation", "voicehub.remote.texts")
LITERAL = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
IN_TEMPLATES = re.compile(rf"\b(_|n?p?gettext)\(({LITERAL}(?:, ?{LITERAL})*)")
PLACEHOLDER = re.compile(r"%\(\w+\)[^ )]*?[a-z]|%[sd%]|\{\w+\}")
TAG = re.compile(r"<[^>]+>")
# A key of the compiled texts: a context stands in front, as gettext has it.
Text = str


def key(texts: list[str], has_context: bool) -> Text:
    return f"{texts[0]}\x04{texts[1]}" if has_context else texts[0]


def texts_of_python(source: str) -> Iterator[Text]:
    tree = ast.parse(source)
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in TRANSLATORS:
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            function = names.get(node.func.id)
            given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if given and function in {*CALLS, *CALLS_WITH_CONTEXT}:
                yield key(given, function in CALLS_WITH_CONTEXT)


def texts_of_template(source: str) -> Iterator[Text]:
    for function, literals, *_ in IN_TEMPLATES.findall(templatize(source)):
        given = [ast.literal_eval(literal) for literal in re.findall(LITERAL, literals)]
        yield key(given, function.endswith("pgettext"))


def texts_of_the_program() -> dict[Text, str]:
    """Each text, with the file it stands in."""
    found = {}
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            found |= dict.fromkeys(texts_of_python(path.read_text()), str(path.relative_to(ROOT)))
    for path in (ROOT / "templates").rglob("*.*"):
        found |= dict.fromkeys(texts_of_template(path.read_text()), str(path.relative_to(ROOT)))
    return found


def entries(folder: Path) -> Iterator[dict[str, str]]:
    """The entries of a .po file: `msgid`, `msgid_plural`, `msgctxt`, `msgstr` or `msgstr[0]`..., and `flags`."""
    for block in (folder / "django.po").read_text().split("\n\n")[1:]:
        entry = {"flags": ""}
        field = ""
        for line in block.splitlines():
            if line.startswith("#,"):
                entry["flags"] += line
            elif found := re.match(r"(msg[a-z_]+(?:\[\d\])?) (\".*\")$", line):
                field, literal = found.groups()
                entry[field] = ast.literal_eval(literal)
            elif line.startswith('"'):
                entry[field] += ast.literal_eval(line)
        yield entry


def compiled(folder: Path) -> dict:
    with (folder / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def written() -> list[dict[str, str]]:
    return [*entries(OURS), *entries(PACKAGES)]


def pairs(entry: dict[str, str]) -> list[tuple[str, str]]:
    if "msgid_plural" not in entry:
        return [(entry["msgid"], entry["msgstr"])]
    return [(entry["msgid"], entry["msgstr[0]"]), (entry["msgid_plural"], entry["msgstr[1]"])]


def test_every_text_of_the_program_has_a_french_one():
    """Where this fails: bin/messages lists what is to be translated."""
    texts, french = texts_of_the_program(), compiled(OURS)
    assert len(texts) > 3000
    assert {text: where for text, where in texts.items() if text not in french and (text, 0) not in french} == {}


@pytest.mark.parametrize("folder", [OURS, PACKAGES], ids=["ours", "packages"])
def test_the_compiled_texts_are_those_of_the_file_beside_them(folder):
    in_the_file = {}
    for entry in entries(folder):
        name = key([entry.get("msgctxt", ""), entry["msgid"]], True) if "msgctxt" in entry else entry["msgid"]
        french = [text for _, text in pairs(entry)]
        in_the_file |= {(name, n): text for n, text in enumerate(french)} if len(french) > 1 else {name: french[0]}
    assert {name: text for name, text in compiled(folder).items() if name} == in_the_file


def test_no_french_text_is_a_guess(written):
    assert [entry["msgid"] for entry in written if "fuzzy" in entry["flags"]] == []


def test_placeholders_and_tags_are_those_of_the_english_text(written):
    def form(text: str) -> tuple:
        return Counter(PLACEHOLDER.findall(text)), Counter(TAG.findall(text)), text[:1].isspace(), text[-1:].isspace()

    all_pairs = [pair for entry in written for pair in pairs(entry)]
    assert [(english, french) for english, french in all_pairs if form(english) != form(french)] == []


def test_french_texts_have_the_blanks_of_french(written):
    """A blank that does not break stands before : ; ? ! and inside of « », and no straight apostrophe is left."""
    wrong = re.compile(r"\w[?!;]| [:;?!»](?:\s|$)|«(?!\u00a0)|\w'\w")
    texts = [re.sub(r"&\w+;", "", TAG.sub("", french)) for entry in written for _, french in pairs(entry)]
    assert [text for text in texts if wrong.search(text)] == []


def test_texts_are_found_in_every_way_of_writing_them():
    python = "from django.utils.translation import gettext as _, pgettext\n_('a')\npgettext('b', 'c')\nother('d')"
    template = "{% translate 'e' %}{% blocktranslate count n=n %}f{% plural %}g{% endblocktranslate %}{{ _('h') }} i"
    assert [*texts_of_python(python), *texts_of_template(template)] == ["a", "b\x04c", "e", "f", "h"]


@pytest.mark.django_db
def test_a_french_browser_gets_a_french_page(client):
    # A request leaves its language active, which is none of the next test's business.
    with translation.override("en"):
        page = client.get(reverse("admin:login"), headers={"Accept-Language": "fr"}).content.decode()
    assert 'lang="fr"' in page
    assert "Connexion" in page
