"""Tries regular expressions in a process of its own, which the system ends when they take too long.

Reads {"patterns": [...], "subjects": [[...], ...], "seconds": s}. Writes a line that says which patterns are regular
expressions at all, then for each of those a line that says which of its subjects it fits as a whole. A missing line
is one that took too long.
"""

import json
import re
import signal
import sys


def compiled(pattern: str) -> "re.Pattern[str] | None":
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def write(answer: list[bool]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    asked = json.load(sys.stdin)
    # Processor time, so that a busy computer makes no good pattern look bad; nobody handles the signal, so it kills.
    signal.setitimer(signal.ITIMER_PROF, asked["seconds"])
    patterns = [compiled(pattern) for pattern in asked["patterns"]]
    write([pattern is not None for pattern in patterns])
    for pattern, subjects in zip(patterns, asked["subjects"], strict=True):
        if pattern is not None:
            write([pattern.fullmatch(subject) is not None for subject in subjects])


if __name__ == "__main__":
    main()
