"""What the tests of call scripts share: a context to check against, and scripts with a mark where the mistake is."""

from telephony.scripts.checking import check
from telephony.scripts.survey import Context

MARK = "▲"


def context(**changes):
    known = {
        "obstacle": lambda number: "" if number.startswith("+31") else f"{number} may not be dialled.",
        "languages": ("en-US", "fr-FR", "it-IT", "es-ES"),
        "accounts": ("ann", "Bob"),
        "scripts": ("ring-one", "ring-several", "announce", "after-ringing"),
        "our_address": "https://voicehub.example",
    }
    return Context(**{**known, **changes})


def checked(script, **changes):
    return check(script, context(**changes))


def work(verbs):
    return f"<document><work>{verbs}</work></document>"


def complete(verbs):
    """A script that is right but for what is put into it."""
    return work(f"<answer/>{verbs}<hangup/>")


def marked(script):
    """The script without its mark, and the line and column where the mark stood."""
    before, after = script.split(MARK)
    return before + after, (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
