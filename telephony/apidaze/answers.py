"""What an answer means that is an error: five shapes, read in the order of the documents."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.apidaze.records import PLACES
from voicehub.remote.errors import (
    ConfigurationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    RemoteError,
    UnavailableError,
    UnexpectedResponseError,
)
from voicehub.remote.http import Response, retry_after

LONGEST_TEXT = 500
FIELDS = (*PLACES, "url")
FAILURE = "failure"
OBJECT = (b"{", b" ", b"\r", b"\n", b"\t", b"\xef")
TURNED_AWAY = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
# With a token that KPN has just given out: id and secret are good.
NOT_SUBSCRIBED = gettext_lazy(
    "KPN does not let this client use Apidaze (%(text)s). Subscribe to the product in KPN's developer portal, then "
    "release the provider."
)
NOT_KNOWN = gettext_lazy(
    "Apidaze does not accept the client id or the secret (%(text)s). Set a good APIDAZE_CLIENT_ID and "
    "APIDAZE_CLIENT_SECRET and start VoiceHub again."
)

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Complaint:
    """What the provider says about an error. With `is_of_gateway` KPN answered before Apidaze was asked."""

    text: str
    code: str = ""
    transaction_id: str = ""
    is_of_gateway: bool = False

    @property
    def is_about_token(self) -> bool:
        said = re.sub(r"[\W_]", "", self.code + self.text).lower()
        return self.is_of_gateway and "accesstoken" in said

    @property
    def is_about_client(self) -> bool:
        """A wrong client id is an error of the server at KPN, a wrong pair of key and secret a 404 at Apidaze."""
        return "invalid_client" in f"{self.code} {self.text}" or "are not a pair" in self.text

    def sentence(self) -> str:
        if not self.transaction_id:
            return self.text
        return _("%(text)s (transaction %(id)s)") % {"text": self.text, "id": self.transaction_id}


def complaint_of(response: Response) -> Complaint | None:
    """What the body says went wrong, whatever the status; None when it says nothing of that kind."""
    document = _document(response)
    return next((found for read in SHAPES if (found := read(document))), None)


def is_token_refused(response: Response) -> bool:
    """Surely nothing was done: whoever has another token may ask again."""
    complaint = complaint_of(response)
    return response.status == HTTPStatus.UNAUTHORIZED or (complaint is not None and complaint.is_about_token)


def check(response: Response, *, is_about_a_record: bool, masked: Callable[[str], str]) -> None:
    """Raise what an answer means that is an error, or says so. `masked` takes secrets out of the provider's words."""
    complaint = complaint_of(response)
    if complaint or response.status >= HTTPStatus.BAD_REQUEST:
        said = complaint or Complaint("")
        words = masked(said.sentence())[:LONGEST_TEXT] or _("status %(status)d") % {"status": response.status}
        raise _error(response, said, words, is_about_a_record)


def _error(response: Response, said: Complaint, words: str, is_about_a_record: bool) -> RemoteError:
    status = response.status
    if said.is_of_gateway and (said.is_about_token or status in TURNED_AWAY):
        return ConfigurationError(NOT_SUBSCRIBED % {"text": words})
    if said.is_about_client or status == HTTPStatus.UNAUTHORIZED:
        return ConfigurationError(NOT_KNOWN % {"text": words})
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimitedError(_("Apidaze asked to wait."), retry_after(response))
    if status == HTTPStatus.NOT_FOUND:
        return _not_found(is_about_a_record and not said.is_of_gateway)
    if _is_refusal(status, said):
        return RejectedError(_("Apidaze refused: %(text)s") % {"text": words}, _fields(said.text, words))
    return UnexpectedResponseError(
        _("Apidaze answered with an error (%(status)d): %(text)s") % {"status": status, "text": words}
    )


def _not_found(is_about_a_record: bool) -> RemoteError:
    if is_about_a_record:
        return NotFoundError(_("Apidaze does not have it any more."))
    return UnavailableError(_("Apidaze is not at the address where it was asked. Look at APIDAZE_BASE_URL."))


def _is_refusal(status: int, said: Complaint) -> bool:
    """The native door can say that it failed inside an answer that it has accepted."""
    is_failure = status == HTTPStatus.ACCEPTED and said.code == FAILURE
    return is_failure or HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR


def _fields(text: str, words: str) -> dict[str, list[str]]:
    """The fields that a sentence names."""
    return {name: [words] for name in FIELDS if re.search(rf"\b{name}\b", text)}


def _document(response: Response) -> Document:
    """The object in the body, which every complaint is; a list, which may be long, is not read for it."""
    if not response.body.startswith(OBJECT):
        return {}
    try:
        document = response.json()
    except UnexpectedResponseError:
        return {}
    return document if isinstance(document, dict) else {}


def _nested(document: Document) -> Complaint | None:
    error = document.get("error")
    if isinstance(error, dict):
        return _details(error)
    return Complaint(error) if isinstance(error, str) and error else None


def _flat(document: Document) -> Complaint | None:
    return _details(document) if "transactionId" in document else None


def _fault(document: Document) -> Complaint | None:
    fault = document.get("fault")
    if not isinstance(fault, dict):
        return None
    detail = fault.get("detail")
    code = detail.get("errorcode") if isinstance(detail, dict) else ""
    return Complaint(_said(fault.get("faultstring")), _said(code), is_of_gateway=True)


def _of_token(document: Document) -> Complaint | None:
    if "ErrorCode" not in document:
        return None
    return Complaint(_said(document.get("Error")), _said(document["ErrorCode"]))


def _native(document: Document) -> Complaint | None:
    if "code" not in document or "message" not in document:
        return None
    return Complaint(_said(document["message"]), _said(document["code"]))


def _failure(document: Document) -> Complaint | None:
    return Complaint(_said(document["failure"]), FAILURE) if "failure" in document else None


def _details(error: Document) -> Complaint:
    said = next((text for key in ("message", "name", "status") if (text := _said(error.get(key)))), "")
    return Complaint(said, transaction_id=_said(error.get("transactionId")))


def _said(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


SHAPES: tuple[Callable[[Document], Complaint | None], ...] = (_nested, _flat, _fault, _of_token, _native, _failure)
