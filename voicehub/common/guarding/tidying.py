"""Drafts and presses that nobody needs any more are deleted."""

from voicehub.common.guarding import drafts, presses
from voicehub.sync.chores import Chore


def _is_due() -> bool:
    return drafts.old().exists() or presses.old().exists()


def _run() -> None:
    drafts.old().delete()
    presses.old().delete()


CHORE = Chore("guarding", _is_due, _run)
