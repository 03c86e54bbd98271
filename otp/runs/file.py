"""OTP apps from a file: one line, one app, new or changed."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from otp import services
from otp.models import OtpApp
from otp.runs.apps import ADD, CHANGE, AppKind
from otp.runs.lines import Lines
from voicehub.common.models import Run, RunRow
from voicehub.common.runs import Column, FileKind


class AppsFromFile(AppKind, FileKind):
    slug = "otp-apps"
    label = gettext_lazy("OTP apps from a file")
    permission = CHANGE
    columns = (
        Column(
            "name",
            gettext_lazy("Name"),
            gettext_lazy("The app of this name is changed; if there is none, a new one is made."),
            "Shop",
            is_required=True,
        ),
        Column(
            "sender_id",
            gettext_lazy("Sender"),
            gettext_lazy("Its id, or its name where Ourvoice lists the senders. Empty: stays as it is."),
            "9b38a5f6-bb4f-46a4-9ea4-2a207ae01f1e",
            aliases=("sender id",),
        ),
        Column(
            "message_template",
            gettext_lazy("Message template"),
            gettext_lazy("Empty: stays as it is; for a new app, Ourvoice's usual sentence."),
            "Your code for [app_name] is [code].",
            aliases=("template",),
            is_multiline=True,
        ),
        Column(
            "code_size",
            gettext_lazy("Digits of the code"),
            gettext_lazy("Empty: stays as it is; for a new app, 6."),
            "6",
            aliases=("code size", "digits"),
        ),
        Column(
            "id",
            gettext_lazy("Id at Ourvoice"),
            gettext_lazy("Says which app is meant, so that it can get another name. Empty: the name says it."),
            aliases=("app id",),
        ),
    )

    def may_start(self, user: Any) -> bool:
        return user.has_perms([ADD, CHANGE])

    def cells_of(self, record: OtpApp) -> list[Any]:
        return [record.name, record.sender_id, record.message_template, record.code_size, record.remote_id]

    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        try:
            account = services.account()
        except services.NotConnectedError as error:
            for row in rows:
                row.problems.append(("", str(error)))
            return
        lines = Lines(account, rows)
        for row in rows:
            app, wanted = lines.read(row)
            if not row.problems:
                self.plan(row, app, wanted, account)
