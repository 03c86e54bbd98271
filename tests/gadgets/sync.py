from datetime import timedelta

from django.conf import settings

from tests.gadgets.models import Gadget, Ping
from voicehub.remote.errors import (
    AuthenticationError,
    NotFoundError,
    PendingError,
    RateLimitedError,
    RejectedError,
    UnexpectedResponseError,
)
from voicehub.remote.http import ApiClient, Request, Timeouts, retry_after
from voicehub.remote.redaction import Redactor
from voicehub.sync.handlers import LookHandler, OnceOnlyHandler, PullHandler, Receipt, RecordHandler
from voicehub.sync.registry import Provider, register

GADGETS = Provider(
    slug="gadgets",
    label="Gadgets",
    base_url=lambda: settings.GADGETS_URL,
    concurrency=lambda: settings.GADGETS_CONCURRENCY,
    deadline=lambda: 10,
    pull_every=lambda: timedelta(hours=1),
    gauges={"balance": "Balance", "quota": "Quota"},
    gauges_of=lambda headers: {"quota": f"{int(headers['quota-left'])} left"} if "quota-left" in headers else {},
)


# Pings have a lane of their own, so that tests can see one provider hang and the other one work.
PINGS = Provider(
    slug="pings",
    label="Pings",
    base_url=lambda: settings.PINGS_URL,
    concurrency=lambda: settings.GADGETS_CONCURRENCY,
    deadline=lambda: 10,
)


class GadgetClient:
    def __init__(self, base_url, on_exchange):
        self.api = ApiClient(
            base_url,
            timeouts=Timeouts(2, settings.GADGETS_READ_TIMEOUT, settings.GADGETS_READ_TIMEOUT + 2),
            redactor=Redactor(),
            on_exchange=on_exchange,
        )

    def call(self, method, path, body=None, *, once_only=False):
        response = self.api.send(Request(method, path, json=body, once_only=once_only))
        if response.status == 202:
            raise PendingError("It is being done.")
        if response.status == 401:
            raise AuthenticationError("The key was refused.")
        if response.status == 404:
            raise NotFoundError("There is no such gadget.")
        if response.status == 422:
            raise RejectedError("The gadget was refused.", response.json()["errors"])
        if response.status == 429:
            raise RateLimitedError("Slow down.", retry_after(response))
        if response.status >= 300:
            raise UnexpectedResponseError(f"The provider answered {response.status}.")
        return response.json() if response.body else None


class GadgetSync(RecordHandler, PullHandler, LookHandler):
    provider = "gadgets"
    model = Gadget

    def client(self, connection, on_exchange):
        return GadgetClient(settings.GADGETS_URL, on_exchange)

    def create(self, client, record):
        return str(client.call("POST", "/gadgets", wanted(record))["id"])

    def update(self, client, record, changed):
        client.call("PUT", f"/gadgets/{record.remote_id}", wanted(record))

    def remove(self, client, remote_id):
        client.call("DELETE", f"/gadgets/{remote_id}")

    def find(self, client, record):
        return [row["id"] for row in client.call("GET", "/gadgets") if row["name"] in record.may_have_sent("name")]

    def look(self, client, record):
        there = {row["id"]: row for row in client.call("GET", "/gadgets")}
        return {"note": f"{there[record.remote_id]['colour']} there"}

    def fetch(self, client):
        return client.call("GET", "/gadgets")

    def absorb(self, connection, fetched, *, is_confirmed):
        return f"{len(fetched)} gadgets"


class PingSync(OnceOnlyHandler):
    provider = "pings"
    model = Ping

    def client(self, connection, on_exchange):
        return GadgetClient(settings.PINGS_URL, on_exchange)

    def send_within(self):
        return timedelta(minutes=10)

    def send(self, client, record):
        client.call("POST", "/pings", {"name": record.name}, once_only=True)
        return Receipt("Pong")


def wanted(record):
    return {"name": record.name, "colour": record.colour}


register(GADGETS, GadgetSync())
register(PINGS, PingSync())
