"""What an answer means: the JSON counts before the status, and a success may be broken JSON."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from voicehub.remote.errors import (
    ConfigurationError,
    RateLimitedError,
    RejectedError,
    RemoteError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.remote.http import Response, retry_after
from voicehub.remote.parsing import parse_json

SUCCESS = "success"
ERROR = "error"
LONGEST_TEXT = 500
READ_AT_MOST = 100_000
# Words of any sentence: only one that begins with it is about the field.
WORDS = ("to", "from", "text", "body")
FIELDS = (
    *("album_number", "sort_number", "display_name", "upload_file", "override"),
    *("cid", "route_number", "branch_number"),
    *("phone", "phone_type", "add_phone", "remove_phone", "add_label", "remove_label", "label"),
    *("first_name", "last_name", "email", "exp", *(f"field_{letter}" for letter in "abcdefghij")),
)
_STATUS = re.compile(r'"\s*status\s*"\s*:\s*"\s*(success|error)\s*"', re.IGNORECASE)
_ERRORS = re.compile(r'"\s*errors\s*"\s*:\s*\[?\s*"([^"]*)"')


@dataclass(frozen=True)
class Told:
    """What an answer tells. `document` has no blanks around names and texts and is empty where `text` is no JSON."""

    document: Mapping[str, Any]
    text: str = field(repr=False)

    @classmethod
    def of(cls, response: Response) -> "Told":
        return cls(object_in(response.body), response.text[:READ_AT_MOST])

    @property
    def status(self) -> str:
        """`success` or `error`; empty where neither is said, or both are."""
        said = {str(self.document.get("status")).lower()} if self.document else self._statuses_by_pattern()
        return said.pop() if len(said) == 1 and said <= {SUCCESS, ERROR} else ""

    def value(self, name: str) -> str:
        """A text or a number by its name, the last one of broken JSON; empty where there is none."""
        if self.document:
            return text_of(self.document.get(name))
        found = re.findall(rf'"\s*{name}\s*"\s*:\s*"?([^",{{}}]*)', self.text)
        return found[-1].strip() if found else ""

    def errors(self) -> str:
        """The provider's own words, wherever it has put them."""
        if not self.document:
            return " ".join(" ".join(_ERRORS.findall(self.text)).split())
        said = (_sentence(self.document.get(name)) for name in ("errors", "error", "message", "data"))
        return next(filter(None, said), "")

    def _statuses_by_pattern(self) -> set[str]:
        return {found.lower() for found in _STATUS.findall(self.text)}


def success(response: Response, masked: Callable[[str], str]) -> Told:
    """What a success tells. Raises what any other answer means, as the errors of `voicehub.remote.errors`.

    `masked` takes secrets out of the provider's words.
    """
    told = Told.of(response)
    if is_2xx(response) and told.status == SUCCESS:
        return told
    raise _error(response, told, masked(told.errors())[:LONGEST_TEXT])


def is_2xx(response: Response) -> bool:
    return HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES


def object_in(body: bytes) -> Mapping[str, Any]:
    """The object in a body or a text, without blanks around names and texts; empty where there is none."""
    try:
        document = _trimmed(parse_json(body))
    except (UnexpectedResponseError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _trimmed(value: Any) -> Any:
    """Without blanks around names and texts; of names that become the same the last one counts."""
    if isinstance(value, dict):
        return {name.strip(): _trimmed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_trimmed(one) for one in value]
    return value.strip() if isinstance(value, str) else value


def text_of(value: Any) -> str:
    """A text, or a whole number as one, that every database can hold; empty for anything else."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value).replace("\0", "").strip() if is_number or isinstance(value, str) else ""


def _error(response: Response, told: Told, words: str) -> RemoteError:
    status = response.status
    said = words or _("without a reason, status %(status)d") % {"status": status}
    is_error_in_json = told.status == ERROR and bool(told.document)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimitedError(_("Voitex asked to wait."), retry_after(response))
    if status == HTTPStatus.UNAUTHORIZED or (status == HTTPStatus.FORBIDDEN and not is_error_in_json):
        return ConfigurationError(
            _("Voitex does not accept the key (%(text)s). Set a good VOITEX_AUTH_KEY and start VoiceHub again.")
            % {"text": said}
        )
    if is_error_in_json or _is_refusal(response, told):
        return RejectedError(_("Voitex refused: %(text)s") % {"text": said}, _fields(words))
    return _unknown(response)


def _is_refusal(response: Response, told: Told) -> bool:
    """A status that refuses beside the word "success" says nothing."""
    is_4xx = HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return (is_4xx and told.status != SUCCESS) or (is_2xx(response) and told.status == ERROR)


def _unknown(response: Response) -> RemoteError:
    if is_2xx(response):
        return UnexpectedResponseError(_("Voitex's answer does not say whether it was done."))
    return UncertainError(
        _("Voitex answered with an error (%(status)d), which does not say whether it was done.")
        % {"status": response.status}
    )


def _fields(words: str) -> dict[str, list[str]]:
    """The fields that a sentence names."""
    named = [name for name in FIELDS if re.search(rf"\b{name}\b", words)]
    return {name: [words] for name in (*named, *(word for word in WORDS if re.match(rf"{word}\b", words)))}


def _sentence(said: Any) -> str:
    """A text, or those in a list or an object, on one line."""
    parts = said if isinstance(said, list) else said.values() if isinstance(said, dict) else [said]
    return " ".join(" ".join(part for part in parts if isinstance(part, str)).split())
