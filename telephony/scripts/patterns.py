"""Regular expressions of `bind`, tried under a hard time limit.

Python's `re` cannot be stopped from inside its own process, and no reading of a pattern tells all slow ones from
fast ones: so they are tried in a short-lived process that the system kills.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import chain, repeat
from pathlib import Path

KEYS = "0123456789*#"
LONGEST = 200
SECONDS = 0.2
# Only a computer that hangs needs this much longer than the processor time above.
PATIENCE = 5.0

_TRIAL = Path(__file__).with_name("trial.py")
# As many keys as make a pattern slow that tries every way to split them, and one at the end that does not fit.
_MANY = 28


class Verdict(StrEnum):
    """UNTRIED stands behind a slow one, which took all the time there was."""

    FINE = "fine"
    BROKEN = "broken"
    SLOW = "slow"
    UNTRIED = "untried"


def judge(patterns: Sequence[str]) -> list[Verdict]:
    """Whether each is a regular expression, and fast whatever keys are pressed."""
    if not patterns:
        return []
    lines = _lines(tuple(patterns), tuple(map(_hard_subjects, patterns)))
    compile_ = lines[0] if lines else [True] * len(patterns)
    return list(_verdicts(compile_, len(lines) - 1))


def fitting(patterns: Sequence[str], keys: str) -> list[bool]:
    """Which patterns describe, as a whole, what was pressed. One that is broken or slow, or stands behind a slow one,
    describes nothing."""
    lines = iter(_lines(tuple(patterns), ((keys,),) * len(patterns)) if patterns else ())
    return [is_one and next(lines, [False])[0] for is_one in next(lines, [])]


def _verdicts(compile_: list[bool], tried: int) -> Iterator[Verdict]:
    outcomes = chain(repeat(Verdict.FINE, tried), [Verdict.SLOW], repeat(Verdict.UNTRIED))
    for is_one in compile_:
        yield next(outcomes) if is_one else Verdict.BROKEN


def _lines(patterns: tuple[str, ...], subjects: tuple[tuple[str, ...], ...]) -> tuple[list[bool], ...]:
    """As `_tried`, but nothing when the computer is too busy, which is not to be remembered."""
    try:
        return _tried(patterns, subjects)
    except (subprocess.TimeoutExpired, ValueError):
        return ()


def _hard_subjects(pattern: str) -> tuple[str, ...]:
    characters = dict.fromkeys(KEYS + "".join(filter(str.isalnum, pattern)))
    return tuple(f"{one * _MANY}{end}" for one in characters for end in ("", "!"))


@lru_cache(maxsize=512)
def _tried(patterns: tuple[str, ...], subjects: tuple[tuple[str, ...], ...]) -> tuple[list[bool], ...]:
    """The lines that the trial wrote before it ended or was ended."""
    asked = json.dumps({"patterns": patterns, "subjects": subjects, "seconds": SECONDS})
    run = subprocess.run(  # noqa: S603 - our own file; what staff wrote goes in as data
        [sys.executable, "-I", "-S", str(_TRIAL)],
        input=asked,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return tuple(json.loads(line) for line in run.stdout.splitlines())
