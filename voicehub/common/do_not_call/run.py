"""Numbers for the do-not-call list from a file, or pasted: one line, one number."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from voicehub.common import do_not_call, phones
from voicehub.common.models import DoNotCallNumber, Run, RunRow
from voicehub.common.runs import Column, RunKind, register

ADD = "common.add_donotcallnumber"
LONGEST_REASON = 500


class NumbersFromFile(RunKind):
    slug = "do-not-call"
    label = gettext_lazy("Do-not-call numbers from a file")
    permission = ADD
    columns = (
        Column(
            "number",
            gettext_lazy("Number"),
            gettext_lazy("With a plus and the country's code."),
            "+33 1 99 00 12 34",
            is_required=True,
            aliases=("phone", "phone number", "telephone"),
        ),
        Column("reason", gettext_lazy("Reason"), gettext_lazy("May be empty."), "Asked us on 3 May"),
    )

    def record_model(self) -> type[DoNotCallNumber]:
        return DoNotCallNumber

    def sees_all(self, user: Any) -> bool:
        return user.has_perm(ADD)

    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        for row in rows:
            try:
                row.key = phones.read(row.data["number"])
            except phones.NotANumberError as why:
                row.problems.append(("number", str(why)))
            else:
                row.values = {"number": row.key, "reason": row.data.get("reason", "")[:LONGEST_REASON]}
        there = do_not_call.listed([row.key for row in rows if row.key])
        for row in rows:
            if row.key in there:
                row.state = RunRow.State.SAME

    def mark_repeat(self, row: RunRow, line: int) -> None:
        row.state = RunRow.State.SAME

    def apply(self, run: Run, row: RunRow) -> int:
        number, reason = row.values["number"], row.values["reason"]
        do_not_call.add(number, source=do_not_call.Source.FILE, reason=reason, user=run.requested_by)
        return do_not_call.entry_of(number).pk


register(NumbersFromFile())
