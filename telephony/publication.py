"""What publishing a draft would change for callers, and what keeps it from being published."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from telephony.models import CallScript, ScriptVersion, SipAccount
from telephony.models.script import takers
from telephony.scripts.checking import Report, addresses_in, check, numbers_in
from telephony.scripts.source import UnreadableError, read
from telephony.scripts.survey import Address, Context
from voicehub.common import phones
from voicehub.common.hooks.addresses import PREFIX

UNCHANGED_LINES_AROUND = 3
# Twice as many as a script has elements; to compare takes the square of their number.
MOST_LINES = 2000


@dataclass(frozen=True)
class Line:
    """A line of a comparison: `sign` is + for a new one, - for one that goes, … where some are left out."""

    sign: str
    text: str


@dataclass(frozen=True)
class Publication:
    """`obstacles` keep the draft from being published, beside the errors of the report; `cautions` do not."""

    report: Report
    obstacles: list[str]
    cautions: list[str]

    @property
    def is_possible(self) -> bool:
        return self.report.can_be_published and not self.obstacles

    @property
    def leads_to(self) -> list[str]:
        """The names of the scripts of ours that callers may get to."""
        return sorted(_names(self.report.addresses))

    @property
    def foreign_addresses(self) -> list[str]:
        """Where Apidaze would fetch instructions that do not come from here."""
        return sorted({address.url for address in self.report.addresses if not address.is_ours})


def check_draft(text: str, name: str = "") -> Report:
    """What is wrong with a script of this name, and what it does; it may be unsaved."""
    return check(text, _context(name))


def publication_of(script: CallScript) -> Publication:
    report = check_draft(script.draft, script.name)
    first, together = _targets_to_publish(script, report)
    return Publication(
        report,
        obstacles=[*_taken_numbers(script), *map(_publish_first, first)],
        cautions=[*map(_publish_too, together)],
    )


def comparison(before: str, after: str) -> list[Line]:
    """The lines that change, with a few around them; empty when none do. Of very long texts only the beginning."""
    old, new = before.splitlines(), after.splitlines()
    cut = [Line("…", _("Only the first %d lines are compared.") % MOST_LINES)] * (
        max(len(old), len(new)) > MOST_LINES
    )
    told = difflib.unified_diff(old[:MOST_LINES], new[:MOST_LINES], lineterm="", n=UNCHANGED_LINES_AROUND)
    lines = [Line("…", "") if line.startswith("@@") else Line(line[:1], line[1:]) for line in islice(told, 2, None)]
    return [*lines[1:], *cut]


def scripts_leading_to(name: str) -> list[str]:
    """The published scripts that lead to this one by its name."""
    heard = ScriptVersion.objects.filter(heard_in__isnull=False, text__contains=name).exclude(heard_in__name=name)
    return sorted(
        version.script.name for version in heard.select_related("script") if name in targets_of(version.text)
    )


def targets_of(text: str) -> set[str]:
    """The names of the scripts that a script leads to."""
    return _names(addresses_in(text, our_address()))


def obstacle_to_dialling(text: str) -> str:
    """Why a script, which may have been published long ago, must not ring its numbers now; empty when it may."""
    return next(filter(None, map(phones.obstacle, numbers_in(text))), "")


def our_address() -> str:
    """What addresses of ours begin with when somebody writes them out."""
    return f"{settings.OWN_BASE_URL}{PREFIX}"


def _context(name: str) -> Context:
    names = set(CallScript.objects.values_list("name", flat=True))
    return Context(
        obstacle=phones.obstacle,
        languages=settings.APIDAZE_TTS_LANGUAGES,
        accounts=SipAccount.objects.values_list("username", flat=True),
        scripts=names | {name},
        our_address=our_address(),
        variables=_variables_of_others(name),
    )


def _variables_of_others(name: str) -> frozenset[str]:
    """Apidaze sends back in the whole call what one of its scripts has set."""
    others = ScriptVersion.objects.filter(heard_in__isnull=False, text__contains="<variables").exclude(
        heard_in__name=name
    )
    return frozenset(variable for text in others.values_list("text", flat=True) for variable in _variables(text))


def _variables(text: str) -> Iterator[str]:
    try:
        root = read(text).root
    except UnreadableError:
        return
    for part in root.named("variables"):
        yield from (child.name for child in part.children)


def _names(addresses: tuple[Address, ...]) -> set[str]:
    """A name with a placeholder in it is known only in the call."""
    return {address.script for address in addresses if address.script and "{" not in address.script}


def _taken_numbers(script: CallScript) -> list[str]:
    words = _("+%(number)s is answered by the script %(script)s. Take it out there and publish that script first.")
    taken = takers(script.draft_numbers, besides=script)
    return [words % {"number": number, "script": other} for number, other in sorted(taken.items())]


def _targets_to_publish(script: CallScript, report: Report) -> tuple[list[str], list[str]]:
    """The unpublished scripts that the draft leads to: those to publish first, and those that lead back here."""
    drafts = dict(CallScript.objects.filter(published=None).values_list("name", "draft"))
    published = CallScript.objects.exclude(published=None).values_list("name", flat=True)
    missing = sorted(_names(report.addresses) - set(published) - {script.name})
    together = [name for name in missing if _leads_to(script.name, name, drafts)]
    return [name for name in missing if name not in together], together


def _leads_to(goal: str, start: str, drafts: dict[str, str]) -> bool:
    """Whether a caller could get from one draft to another over unpublished scripts."""
    seen: set[str] = set()
    ahead = {start}
    while ahead - seen:
        name = (ahead - seen).pop()
        seen.add(name)
        ahead |= targets_of(drafts[name]) if name in drafts else set()
    return goal in ahead


def _publish_first(name: str) -> Any:
    return _(
        "It leads to the script %s, which is not published: whoever gets there would be cut off. Write and publish "
        "that one first."
    ) % (name)


def _publish_too(name: str) -> Any:
    return _(
        "It leads to the script %s, which is not published yet and leads back here. Publish that one right "
        "afterwards: until then, whoever gets there is cut off."
    ) % (name)
