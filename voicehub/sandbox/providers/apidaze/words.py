"""How KPN and Apidaze word what went wrong: four shapes here, the fifth beside the tokens."""

import uuid
from http import HTTPStatus
from typing import Any

from voicehub.sandbox.wire import Answer, json_answer

FORM = "application/x-www-form-urlencoded"


def flat_error(status: int, sentence: str) -> Answer:
    return json_answer(_details(status, sentence), status)


def nested_error(status: int, sentence: str) -> Answer:
    return json_answer({"error": _details(status, sentence)}, status)


def fault(status: int, sentence: str, code: str) -> Answer:
    """What KPN's own gateway says, before Apidaze has been asked."""
    return json_answer({"fault": {"faultstring": sentence, "detail": {"errorcode": code}}}, status)


def coded_error(status: int, sentence: str) -> Answer:
    """The native door's."""
    phrase = HTTPStatus(status).phrase
    return json_answer({"code": f"E_{phrase.upper().replace(' ', '_')}", "message": sentence}, status)


def _details(status: int, sentence: str) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    return {
        "transactionId": str(uuid.uuid4()),
        "status": f"{status} - {phrase}",
        "name": phrase,
        "message": sentence,
        "info": "https://developer.kpn.com/documentation/errors",
    }
