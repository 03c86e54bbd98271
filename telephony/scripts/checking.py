"""Whether a script can be published: the language's table carried over it, and a look at its course."""

from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from django.utils.translation import gettext as _

from telephony.scripts.course import check_course
from telephony.scripts.language import PARTS, PASSED_OVER, Attribute, Part, homes_of, part_of
from telephony.scripts.problems import Problem, Severity, problems
from telephony.scripts.source import Element, Source, UnreadableError, read
from telephony.scripts.survey import Address, Context, Survey
from telephony.scripts.values import check_patterns, check_value, e164, is_count
from telephony.scripts.variables import TAKEN_NAMES


@dataclass(frozen=True)
class Report:
    """What was found, in the order of the script.

    `numbers` (E.164 with plus), `accounts` and `sip_uris` are what it dials, `media` what it plays, `addresses` what
    it makes Apidaze load, `variables` the names it sets.
    """

    problems: tuple[Problem, ...]
    numbers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    sip_uris: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    variables: tuple[str, ...] = ()

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == Severity.ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == Severity.WARNING]

    @property
    def worst(self) -> list[Problem]:
        """The errors, or the warnings where there is none."""
        return self.errors or self.warnings

    @property
    def can_be_published(self) -> bool:
        return not self.errors


def check(script: str | bytes, context: Context) -> Report:
    """Everything that is wrong with a script, and what it does. Any text is answered, quickly."""
    survey = Survey(context)
    try:
        source = read(script)
    except UnreadableError as error:
        survey.add(error.code, error.at, str(error))
        return _report(survey, error.data)
    _check_document(source, survey)
    check_patterns(survey)
    return _report(survey, source.data)


def addresses_in(script: str | bytes, our_address: str) -> tuple[Address, ...]:
    """What a script makes Apidaze load, without looking for what is wrong; nothing where it cannot be read."""
    return tuple(_surveyed(script, our_address).addresses)


@lru_cache(maxsize=128)
def numbers_in(script: str) -> tuple[str, ...]:
    """The numbers that a script dials, in E.164 with plus; none where it cannot be read."""
    return tuple(_surveyed(script).numbers)


def _surveyed(script: str | bytes, our_address: str = "") -> Survey:
    survey = Survey(Context(obstacle=lambda number: "", our_address=our_address))
    with suppress(UnreadableError):
        _check_document(read(script), survey)
    return survey


def _report(survey: Survey, data: bytes) -> Report:
    return Report(
        problems=tuple(problems(survey.findings, data)),
        numbers=tuple(survey.numbers),
        accounts=tuple(survey.accounts),
        sip_uris=tuple(survey.sip_uris),
        media=tuple(survey.media),
        addresses=tuple(survey.addresses),
        variables=tuple(sorted(survey.variables)),
    )


def _check_document(source: Source, survey: Survey) -> None:
    root = source.root
    if root.name != "document":
        survey.add("E3", root.at, _("A script is one <document>. Write <document> here and </document> at the end."))
        return
    _check_variables([child for part in root.named("variables") for child in part.children], survey)
    _check_element(root, PARTS["document"], survey)
    works = root.named("work")
    if not works:
        survey.add("E3", root.at, _("There is no <work> in this script. Put what is to happen inside <work>."))
    for work in works[1:]:
        survey.add("E3", work.at, _("There is a second <work> here. Put everything into the first one."))
    for work in works:
        check_course(work, survey)


def _check_variables(variables: list[Element], survey: Survey) -> None:
    """Apidaze sends them back beside the parameters that a load has anyway."""
    survey.variables.update(variable.name for variable in variables)
    for variable in variables:
        if variable.name in TAKEN_NAMES:
            text = _("Each load says %s already, and would say the wrong thing. Choose another name.")
            survey.add("P5", variable.at, text % variable.name)


def _check_element(element: Element, part: Part, survey: Survey) -> None:
    _check_attributes(element, part, survey)
    _check_text(element, part, survey)
    for child in element.children:
        if child_part := part_of(child.name, element.name):
            _check_element(child, child_part, survey)
        else:
            _misplaced(child, element, part, survey)
    if part.needs_child and not any(child.name in part.children for child in element.children):
        names = " / ".join(f"<{name}>" for name in part.children)
        survey.add("E5", element.at, _("There is nobody to ring. Put %s inside.") % names)


def _check_attributes(element: Element, part: Part, survey: Survey) -> None:
    for name, written in element.attributes.items():
        if known := part.attributes.get(name):
            _check_attribute(known, name, element, survey)
        else:
            text = _("<%(element)s> has no %(name)s, so Apidaze may ignore it. %(advice)s")
            words = {"element": element.name, "name": name[:40], "advice": _advice(name, tuple(part.attributes))}
            survey.add("W5", written.at, text % words)
    for name, known in part.attributes.items():
        if known.is_required and name not in element.attributes:
            text = _('<%(element)s> needs %(name)s. Write <%(element)s %(name)s="...">.')
            survey.add("E5", element.at, text % {"element": element.name, "name": name})


def _check_attribute(known: Attribute, name: str, element: Element, survey: Survey) -> None:
    value = element.attributes[name].value
    if known.is_required and not value.text.strip():
        survey.add("E5", value.at, _("%s is empty. Write what belongs between the quotes.") % name)
    else:
        check_value(known.value, value, survey)


def _check_text(element: Element, part: Part, survey: Survey) -> None:
    is_blank = not element.text.text.strip()
    if part.text is None:
        if not is_blank:
            text = _("Text directly inside <%s> means nothing. Put it into <speak>, or remove it.")
            survey.add("E4", element.text.start, text % element.name)
    elif not is_blank or is_count(part.text):
        check_value(part.text, element.text, survey)
    elif part.needs_text and not element.value(part.text_instead).strip():
        survey.add(
            "E5", element.at, _("<%(name)s> is empty. Write something before </%(name)s>.") % {"name": element.name}
        )


def _misplaced(child: Element, parent: Element, part: Part, survey: Survey) -> None:
    """What is wrong with an element that its parent does not know."""
    words = {"name": child.name[:40], "parent": parent.name[:40], "advice": _advice(child.name, part.children)}
    if parent.name == "document":
        code = "W5" if child.name in PASSED_OVER else "E3"
        text = _("<document> holds <variables> and <work> only. Remove <%(name)s>, or move it into <work>.")
    elif homes := homes_of(child.name):
        words["homes"] = " / ".join(f"<{home}>" for home in homes)
        code, text = "E4", _("<%(name)s> means nothing inside <%(parent)s>. Move it into %(homes)s.")
    elif not part.children:
        code, text = "E4", _("Nothing may stand inside <%(parent)s>. Close it before <%(name)s>.")
    elif parent.name == "dial" and not child.children and not e164(child.text.text):
        code, text = "W5", _("<dial> does not know <%(name)s>, so Apidaze may ignore it. %(advice)s")
    else:
        code, text = "E4", _("Apidaze does not know <%(name)s>. %(advice)s")
    survey.add(code, child.at, text % words)


def _advice(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name.lower()[:40], known, n=1)
    if close:
        return _("Did you mean %s?") % close[0]
    return _("Known here: %s.") % ", ".join(known) if known else _("Remove it.")
