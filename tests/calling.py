"""A call as Apidaze makes it, with Django's test client in the place of the network."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client

from voicehub.sandbox.providers.apidaze.calls import Plan, SimulatedCall, Transcript
from voicehub.sandbox.providers.apidaze.loading import Loaded


def call_through(url: str, phones: Mapping[str, bool] | None = None, **plan: Any) -> Transcript:
    """Load the script at this address of VoiceHub's and follow it to the end of the call, as the plan has it."""
    return SimulatedCall(Plan(**plan), url, phones or {}, "vm.1cdef287.apidaze.voip", load_from_the_client).run()


def load_from_the_client(url: str, parameters: Mapping[str, str], method: str) -> Loaded:
    client, parts = Client(), urlsplit(url)
    if method == "POST":
        answer = client.post(f"{parts.path}?{parts.query}", parameters)
    else:
        answer = client.get(f"{parts.path}?{'&'.join(filter(None, [parts.query, urlencode(parameters)]))}")
    return Loaded(answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
