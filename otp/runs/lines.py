"""Reading the lines of a file of OTP apps: which app is meant, which sender, and what the fields should be."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from otp import services
from otp.forms import OtpAppForm, only
from otp.models import OtpApp, Sender
from otp.runs.apps import checked
from voicehub.common.models import RunRow
from voicehub.common.runs import usable
from voicehub.sync.models import Connection


class Lines:
    """Some lines, and what the account has that they may mean."""

    def __init__(self, account: Connection, rows: Sequence[RunRow]) -> None:
        self._apps = Apps(account, rows)
        self._senders = Senders(account)
        self._fields = OtpAppForm().fields

    def read(self, row: RunRow) -> tuple[OtpApp | None, dict[str, Any]]:
        """The app that a line is about, None for a new one, and what its fields should be.

        What is wrong is noted among the problems of the line.
        """
        try:
            app = self._apps.find(row.data["name"], row.data.get("id", ""))
        except ValidationError as error:
            row.problems += [("", message) for message in error.messages]
            return None, {}
        wanted = {}
        for name, text in self._texts(row, app).items():
            try:
                wanted[name] = self._value(name, text, app)
            except ValidationError as error:
                row.problems += [(name, message) for message in error.messages]
        return app, wanted

    def _texts(self, row: RunRow, app: OtpApp | None) -> dict[str, str]:
        """What a line says of each field; of a new app, what is usual where it says nothing."""
        said = {name: row.data.get(name, "") for name in OtpApp.SYNCED_FIELDS}
        if app:
            return {name: text for name, text in said.items() if text}
        usual = {
            "sender_id": self._senders.usual,
            "message_template": services.default_template(said["name"]),
            "code_size": str(OtpApp().code_size),
        }
        return {name: text or usual.get(name, "") for name, text in said.items()}

    def _value(self, name: str, text: str, app: OtpApp | None) -> Any:
        if name == "sender_id" and not (app and app.sender_id == text):
            text = self._senders.find(text)
        return checked(self._fields, name, text, app)


class Apps:
    """The apps of the account that some lines may mean."""

    def __init__(self, account: Connection, rows: Sequence[RunRow]) -> None:
        ids = {row.data.get("id", "") for row in rows} - {""}
        names = {row.data["name"] for row in rows}
        self._by_id: dict[str, OtpApp] = {}
        self._by_name: dict[str, list[OtpApp]] = defaultdict(list)
        apps = OtpApp.objects.select_related("connection").filter(connection=account)
        for app in apps.filter(Q(remote_id__in=ids) | Q(name__in=names)):
            self._by_id[app.remote_id] = app
            self._by_name[app.name].append(app)

    def find(self, name: str, remote_id: str) -> OtpApp | None:
        """The app that is meant; None for a new one. Raises ValidationError when that is not clear."""
        if remote_id and remote_id not in self._by_id:
            words = _("No app here has the id %(id)s. Compare with Ourvoice first; for a new app leave the id empty.")
            raise ValidationError(words % {"id": remote_id})
        found = [self._by_id[remote_id]] if remote_id else self._by_name[name]
        if len(found) > 1:
            ids = ", ".join(sorted(app.remote_id or "–" for app in found))
            words = _("More than one app is called %(name)s: write the id as well (%(ids)s).")
            raise ValidationError(words % {"name": name, "ids": ids})
        return usable(found[0]) if found else None


class Senders:
    """The senders that Ourvoice lists, where it does, by id or name."""

    def __init__(self, account: Connection) -> None:
        self._names = dict(Sender.objects.filter(connection=account).values_list("remote_id", "name"))

    @property
    def usual(self) -> str:
        """The sender that a new app starts with in the form as well; empty when there are several."""
        return settings.OURVOICE_DEFAULT_SENDER_ID or only(self._names)

    def find(self, text: str) -> str:
        """The id of the sender that is meant. Raises ValidationError when it is none that Ourvoice lists."""
        if not text or not self._names or text in self._names:
            return text
        named = [remote_id for remote_id, name in self._names.items() if name.casefold() == text.casefold()]
        if len(named) == 1:
            return named[0]
        if named:
            words = _("More than one sender is called %(text)s: write the id (%(ids)s).")
            raise ValidationError(words % {"text": text, "ids": ", ".join(sorted(named))})
        words = _("Ourvoice lists no sender “%(text)s”, but: %(names)s.")
        raise ValidationError(words % {"text": text, "names": ", ".join(sorted(self._names.values()))})
