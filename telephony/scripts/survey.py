"""What the check knows beforehand, and what it gathers on its way through a script."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property

from telephony.scripts.problems import Finding
from telephony.scripts.source import Written
from telephony.scripts.variables import CALL_PARAMETERS


@dataclass(frozen=True)
class Context:
    """What a script is checked against.

    `obstacle` says of a number in E.164 why it may not be dialled, empty when it may. `languages` are those that
    `speak` may use without a warning, `accounts` the user names of our SIP accounts, `scripts` the names that the
    query of our own address may name (None: not known). `our_address` is what our own addresses begin with;
    `variables` are names that other scripts of the same call set.
    """

    obstacle: Callable[[str], str]
    languages: Collection[str] = ()
    accounts: Collection[str] = ()
    scripts: Collection[str] | None = None
    our_address: str = ""
    variables: Collection[str] = ()


@dataclass(frozen=True)
class Address:
    """What Apidaze would load: of ours or foreign, and the script that its query names (empty: none)."""

    url: str
    is_ours: bool
    script: str = ""


@dataclass
class Survey:
    """`variables` are the names that the script sets; `patterns` are regular expressions not yet tried."""

    context: Context
    findings: list[Finding] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    sip_uris: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    patterns: list[Written] = field(default_factory=list)

    @cached_property
    def account_names(self) -> frozenset[str]:
        """The accounts in lower case: Apidaze tells them apart without it."""
        return frozenset(name.casefold() for name in self.context.accounts)

    def knows(self, name: str) -> bool:
        """Whether a call has a parameter of this name."""
        return name in CALL_PARAMETERS or name in self.variables or name in self.context.variables

    def add(self, code: str, at: int, text: str) -> None:
        self.findings.append(Finding(code, at, text))
