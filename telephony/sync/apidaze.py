"""How SIP accounts are kept in step with Apidaze."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.apidaze import ApidazeClient, ApidazeSettings, RemoteScript, RemoteStatus
from telephony.models import ExternalScript, SipAccount
from telephony.script_address import masked
from voicehub.common import audit
from voicehub.remote.errors import (
    NotFoundError,
    PendingError,
    RejectedError,
    UnavailableError,
    UnexpectedResponseError,
)
from voicehub.sync import queue
from voicehub.sync.differences import Changed, Values
from voicehub.sync.handlers import LookHandler, OnExchange
from voicehub.sync.models import Connection, RecordState, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import Provider, Reading, path_below, register
from voicehub.sync.tokens import DatabaseTokenStore
from voicehub.sync.twins import Listing, TwinHandler

SLUG = "apidaze"
LONGEST_ANSWER = 100_000
QUOTA = {"used": r"\d{1,12}", "limit": r"\d{1,12}", "interval": r"\d{1,6}", "time-unit": r"[A-Za-z]{1,20}"}
ONE_ONLY = gettext_lazy(
    "Apidaze has an external script already, and one is all it takes. Press “Compare and import now” on the list of "
    "external scripts, let that one answer calls from here, and delete this one."
)
TOKEN_UNKNOWN = gettext_lazy(
    "The secret part of this address is not known here, so it cannot be sent. Press “Answer calls from here”: "
    "Apidaze then gets a new address."
)


def apidaze_settings() -> ApidazeSettings:
    return ApidazeSettings(
        kind=settings.APIDAZE_KIND,
        base_url=settings.APIDAZE_BASE_URL.rstrip("/"),
        token_url=settings.APIDAZE_TOKEN_URL,
        client_id=settings.APIDAZE_CLIENT_ID,
        client_secret=settings.APIDAZE_CLIENT_SECRET,
        connect_timeout=settings.APIDAZE_CONNECT_TIMEOUT,
        read_timeout=settings.APIDAZE_READ_TIMEOUT,
        is_secret_public=settings.VOICEHUB_DEMO
        and settings.APIDAZE_CLIENT_SECRET == settings.SANDBOX_APIDAZE_CLIENT_SECRET,
    )


def make_client(connection: Connection, on_exchange: OnExchange) -> ApidazeClient:
    config = apidaze_settings()
    return ApidazeClient(config, DatabaseTokenStore(connection.pk, config.token_key), on_exchange)


def _console() -> str:
    """Where a person sees Apidaze's side; the address of its real dashboard is not documented."""
    return reverse("admin:sandbox_apidazesipaccount_changelist") if settings.VOICEHUB_DEMO else ""


def _account() -> str:
    return settings.APIDAZE_ACCOUNT if settings.APIDAZE_CLIENT_ID and settings.APIDAZE_CLIENT_SECRET else ""


def gauges_of(headers: Mapping[str, str]) -> dict[str, str]:
    """KPN's quota, and the end of the interface where one is announced, as the headers of every answer tell them."""
    told = {"quota": _quota(headers), "sunset": headers.get("sunset", "").strip()}
    return {name: text for name, text in told.items() if text and text.lower() != "n/a"}


def _quota(headers: Mapping[str, str]) -> str:
    """ "12 of 10000 calls in 1 hour", or nothing where that would make no sense."""
    told = {part: headers.get(f"quota-{part}", "").strip() for part in QUOTA}
    makes_sense = all(re.fullmatch(QUOTA[part], text, re.ASCII) for part, text in told.items())
    return _("%(used)s of %(limit)s calls in %(interval)s %(time-unit)s") % told if makes_sense else ""


def _reading_of(method: str, url: str, body: str) -> Reading | None:
    """A test of a script is none: Apidaze loads it. Nor is what names an address of ours: its token is masked."""
    path = path_below(apidaze_settings().base_url, url)
    is_test = urlsplit(path).path.endswith("/test")
    if method != "GET" or not path or is_test or "hooks" in path:
        return None
    return lambda connection, on_exchange: make_client(connection, on_exchange).read_again(path)


def _test(connection: Connection, on_exchange: OnExchange) -> None:
    """The list of scripts holds no passwords, as that of the accounts does."""
    make_client(connection, on_exchange).list_scripts()


APIDAZE = Provider(
    slug=SLUG,
    label=gettext_lazy("Apidaze"),
    base_url=lambda: apidaze_settings().base_url,
    concurrency=lambda: settings.APIDAZE_CONCURRENCY,
    deadline=lambda: apidaze_settings().deadline,
    console_url=_console,
    pull_every=lambda: timedelta(seconds=settings.APIDAZE_PULL_SECONDS),
    account=_account,
    gauges={"quota": gettext_lazy("Calls used"), "sunset": gettext_lazy("End announced for")},
    gauges_of=gauges_of,
    reading_of=_reading_of,
    test=_test,
)


class SipAccountSync(TwinHandler, LookHandler):
    provider = SLUG
    model = SipAccount
    fixed_fields = ("username",)

    def client(self, connection: Connection, on_exchange: OnExchange) -> ApidazeClient:
        return make_client(connection, on_exchange)

    def create(self, client: ApidazeClient, record: SipAccount) -> str:
        """For a new password, the account of the former one goes first: a username is there once.

        One that was changed at Apidaze meanwhile stays, and is the record's again.
        """
        if record.retired_remote_id and not delete_retired(client, record):
            return record.retired_remote_id
        return client.create_account(record.values_here()).remote_id

    def update(self, client: ApidazeClient, record: SipAccount, changed: Values) -> None:
        client.change_account(record.remote_id, changed)

    def remove(self, client: ApidazeClient, remote_id: str) -> None:
        client.delete_account(remote_id)

    def read(self, client: ApidazeClient, remote_id: str) -> Values:
        return client.read_account(remote_id).values

    def look(self, client: ApidazeClient, record: SipAccount) -> dict[str, Any]:
        return columns_of(client.read_status(record.remote_id))

    def fetch(self, client: ApidazeClient) -> Listing:
        return {account.remote_id: account.values for account in client.list_accounts()}

    def find(self, client: ApidazeClient, record: SipAccount) -> Sequence[str]:
        """Raises UnexpectedResponseError where the list does not tell enough to say that the account is not on it."""
        listed = self.fetch(client)
        found = [remote_id for remote_id, values in listed.items() if self.may_come_from(record, values)]
        if record.sync_state != RecordState.DELETING:
            found = [remote_id for remote_id in found if remote_id != record.retired_remote_id]
        if not found and not all("username" in values for values in listed.values()):
            raise UnexpectedResponseError(_("Apidaze's list leaves out usernames."))
        return found

    def after(self, job: SyncJob) -> None:
        """Once the id of the new account is known, the one of the former password is over."""
        if job.operation == Operation.PUSH:
            ended = SipAccount._base_manager.filter(pk=job.object_id).exclude(remote_id="")
            for account in ended.filter(remote_id=F("retired_remote_id")):
                keep_as_it_was(account)
            ended.exclude(retired_remote_id="").update(retired_remote_id="")

    def absorb(self, connection: Connection, fetched: Listing, *, is_confirmed: bool) -> str:
        return super().absorb(connection, importable(connection, fetched), is_confirmed=is_confirmed)

    def may_come_from(self, record: SipAccount, values: Values) -> bool:
        """Of a record that was surely never sent, nothing can have been made: the account is somebody else's."""
        sent = {username.lower() for username in record.sent_values.get("username", ())}
        return values.get("username", "").lower() in sent


def delete_retired(client: ApidazeClient, record: SipAccount) -> bool:
    """Delete the account of the former password if it is still there. Another's that has got its id stays.

    False for one with a change that was made at Apidaze, which would be lost: it stays too. It is read right before
    it is deleted; a change in between is lost, as Apidaze cannot be told to delete only what was seen.
    """
    try:
        there = client.read_account(record.retired_remote_id).values
        if "username" not in there:
            raise UnexpectedResponseError(_("Apidaze does not tell whose account it is."))
        if there["username"].lower() == record.username.lower():
            if is_changed_there(record, there):
                return False
            client.delete_account(record.retired_remote_id)
    except NotFoundError:
        pass  # an earlier attempt has done it
    except PendingError as why:
        # Nothing was asked of Apidaze yet that a look could find.
        raise UnavailableError(str(why)) from why
    return True


def is_changed_there(record: SipAccount, there: Values) -> bool:
    """Whether Apidaze has something that did not come from here."""
    return any(one.changed != Changed.HERE for one in record.sides(there).differences())


def keep_as_it_was(account: SipAccount) -> None:
    """No new password was made. What is different at Apidaze waits for a person to choose."""
    SipAccount._base_manager.filter(pk=account.pk).update(agreed_values={}, seen_values={})
    audit.record("sipaccount.not_renewed", None, account)
    queue.push(account)


def columns_of(status: RemoteStatus) -> dict[str, Any]:
    """What a check of the phone writes to the record. A domain that was not told stays as it was."""
    states = SipAccount.Registration
    state = {True: states.REGISTERED, False: states.NOT_REGISTERED, None: states.UNKNOWN}[status.is_registered]
    domain = {"domain": status.domain} if status.domain else {}
    return {"registration": state, "checked_at": timezone.now(), **domain}


def importable(connection: Connection, fetched: Listing) -> Listing:
    """The list as it can be taken in. A username is one record's, in any case: whatever else claims it stays outside.

    Of an account that is new here, what the list leaves out counts as empty: unlike a username, none has to have it.
    """
    rows = SipAccount.objects.filter(connection=connection).annotate(key=Lower("username"))
    owners = dict(rows.values_list("key", "remote_id"))
    known = set(owners.values())
    blank = dict.fromkeys(SipAccount.SYNCED_FIELDS[1:], "")
    listing: dict[str, Values] = {}
    for remote_id, values in fetched.items():
        key = values.get("username", "").lower()
        is_free = bool(key) and owners.setdefault(key, remote_id) == remote_id
        told = values if is_free else {name: text for name, text in values.items() if name != "username"}
        listing[remote_id] = told if remote_id in known or not is_free else {**blank, **told}
    return listing


class ExternalScriptSync(TwinHandler, LookHandler):
    """Addresses of ours are masked when they come in, and in clear only on their way out.

    Apidaze has one script for a domain: it is changed, never deleted and created anew.
    """

    provider = SLUG
    model = ExternalScript

    def client(self, connection: Connection, on_exchange: OnExchange) -> ApidazeClient:
        return make_client(connection, on_exchange)

    def create(self, client: ApidazeClient, record: ExternalScript) -> str:
        if client.list_scripts():
            raise RejectedError(str(ONE_ONLY))
        return client.create_script(url=_in_clear(record), name=record.name).remote_id

    def update(self, client: ApidazeClient, record: ExternalScript, changed: Values) -> None:
        url = _in_clear(record) if "url" in changed else client.read_script(record.remote_id).url
        client.change_script(record.remote_id, url=url, name=changed.get("name"))

    def remove(self, client: ApidazeClient, remote_id: str) -> None:
        client.delete_script(remote_id)

    def read(self, client: ApidazeClient, remote_id: str) -> Values:
        return values_of(client.read_script(remote_id))

    def look(self, client: ApidazeClient, record: ExternalScript) -> dict[str, Any]:
        """Have Apidaze load the script, and keep what it got."""
        answer = client.test_script(_in_clear(record), record.test_call)
        return {"test_answer": masked(answer)[:LONGEST_ANSWER], "tested_at": timezone.now()}

    def fetch(self, client: ApidazeClient) -> Listing:
        return {script.remote_id: values_of(script) for script in client.list_scripts()}

    def may_come_from(self, record: ExternalScript, values: Values) -> bool:
        return values["url"] in record.sent_values.get("url", ())


def values_of(script: RemoteScript) -> Values:
    """What Apidaze tells of a script, with the token of an address of ours turned into its fingerprint."""
    return {"name": script.name, "url": masked(script.url)}


def _in_clear(record: ExternalScript) -> str:
    if not record.address:
        raise RejectedError(str(TOKEN_UNKNOWN))
    return record.address


register(APIDAZE, SipAccountSync(), ExternalScriptSync())
