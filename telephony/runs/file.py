"""SIP accounts from a file or for a range of numbers: one line, one account, new or changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from telephony import services
from telephony.models import SipAccount
from telephony.runs.accounts import ADD, CHANGE, AccountKind, checked
from telephony.services.sip import TAKEN
from voicehub.common.models import Run, RunRow
from voicehub.common.runs import Column, FileKind, usable
from voicehub.common.runs.kinds import AGAIN_OF
from voicehub.sync.models import Connection

# In the data of a row whose account must not be there yet.
ONLY_NEW = "only_new"
STAYS = gettext_lazy("Empty: stays as it is. A single hyphen empties it.")
EMPTY = "-"


class AccountsFromFile(AccountKind, FileKind):
    slug = "sip-accounts"
    label = gettext_lazy("SIP accounts from a file")
    permission = CHANGE
    columns = (
        Column(
            "username",
            gettext_lazy("Username"),
            gettext_lazy("The account of this username is changed; if there is none, a new one is made."),
            "front-desk.2",
            is_required=True,
        ),
        Column("name", gettext_lazy("Name"), STAYS, "Front desk 2"),
        Column(
            "internal_caller_id_number",
            gettext_lazy("Internal caller number"),
            STAYS,
            "202",
            aliases=("internal number", "extension"),
        ),
        Column(
            "external_caller_id_number",
            gettext_lazy("External caller number"),
            STAYS,
            "31201234567",
            aliases=("external number",),
        ),
        Column("mwi_account", gettext_lazy("Voicemail box of the lamp"), STAYS, "202", aliases=("voicemail",)),
    )

    def may_start(self, user: Any) -> bool:
        return user.has_perms([ADD, CHANGE])

    def cells_of(self, record: SipAccount) -> list[Any]:
        return [getattr(record, column.name) for column in self.columns]

    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        try:
            account = services.connection()
        except services.NotConnectedError as error:
            for row in rows:
                row.problems.append(("", str(error)))
            return
        known = accounts_of(account, rows)
        for row in rows:
            self._read(row, known.get(row.data["username"].lower()), account)

    def _read(self, row: RunRow, record: SipAccount | None, account: Connection) -> None:
        try:
            record = usable(record) if record else None
        except ValidationError as error:
            row.problems += [("", message) for message in error.messages]
        if record and row.data.get(ONLY_NEW) and AGAIN_OF not in row.data:
            row.problems.append(("username", str(TAKEN)))
        wanted = wanted_of(row, record)
        if not row.problems:
            self.plan(row, record, wanted, account)
            row.other_key = "" if record else row.data["username"].lower()


def accounts_of(account: Connection, rows: Sequence[RunRow]) -> Mapping[str, SipAccount]:
    """The SIP accounts that the lines name, by username in small letters."""
    names = {row.data["username"].lower() for row in rows}
    there = SipAccount.objects.select_related("connection").filter(connection=account)
    return {one.username.lower(): one for one in there.annotate(key=Lower("username")).filter(key__in=names)}


def wanted_of(row: RunRow, record: SipAccount | None) -> dict[str, str]:
    """What a line says of the fields. What is wrong with it is noted among the problems of the line."""
    wanted: dict[str, str] = {}
    for name in SipAccount.SYNCED_FIELDS:
        text = row.data.get(name, "")
        if record and (name == "username" or not text):
            continue
        try:
            wanted[name] = "" if text == EMPTY else checked(name, text, record)
        except ValidationError as error:
            row.problems += [(name, message) for message in error.messages]
    return wanted


def rows_of_range(numbers: Iterator[str], patterns: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The lines of new accounts: the patterns of their fields, with each of the numbers for {n}."""
    for number in numbers:
        yield {name: text.replace("{n}", number) for name, text in patterns.items()} | {ONLY_NEW: True}
