"""What an app tells about its kind of hook: what it takes, what it answers, and what of a request may be kept."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from voicehub.remote.redaction import Redactor

if TYPE_CHECKING:
    from voicehub.common.hooks.models import HookRequest

FORM = "application/x-www-form-urlencoded"
REDACTOR = Redactor()


@dataclass(frozen=True)
class Inbound:
    """A request as a kind sees it. `target` is what its address was made for.

    `query` is what stood behind the question mark, still percent-encoded; `authorization` is the header of that name.
    The token is in `path` alone: for an answer that has to name its own address, and never to be kept. Reports of
    errors do not tell what came in.
    """

    method: str
    query: str = field(default="", repr=False)
    content_type: str = ""
    authorization: str = field(default="", repr=False)
    path: str = field(default="", repr=False)
    target: str = ""
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, request: HttpRequest) -> "Inbound":
        """The head of a request; its target and its body come later, if it is let in."""
        meta = request.META
        # WSGI hands bytes over as if they were Latin-1.
        query = meta.get("QUERY_STRING", "").encode("latin-1", errors="replace").decode(errors="replace")
        content_type, authorization = meta.get("CONTENT_TYPE", ""), meta.get("HTTP_AUTHORIZATION", "")
        return cls(request.method or "", query, content_type, authorization, request.path_info)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Those of the query and of a form in the body. Of a doubled one the last counts; what is no UTF-8 is `�`."""
        is_form = self.content_type.partition(";")[0].strip().lower() == FORM
        form = self.body.decode(errors="replace") if is_form else ""
        return dict(parse_qsl(f"{self.query}&{form}", keep_blank_values=True, errors="replace"))


@dataclass(frozen=True)
class HookAnswer:
    """What the caller gets. `words` are for our own people, and stand in the log; so does `source`, a key of the
    kind's own for what the answer was made from. `keep` tells later, in place of the kind's `kept`, what may be kept.
    """

    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    source: str = ""
    keep: "Callable[[], Kept] | None" = field(default=None, repr=False)


@dataclass(frozen=True)
class Kept:
    """What of a request, and of what it was `told`, is written down; it can be found by its `subject`, such as the id
    of a call.
    """

    subject: str = ""
    query: str = ""
    body: str = ""
    told: str = ""


class HookKind(ABC):
    """One kind of hook, at `/hooks/<slug>/<token>/`. The slug may have several parts, as in "voitex/trigger".

    Somebody waits while `answer` works: it makes one or two indexed reads and calls nobody. Whatever it writes is a
    transaction of its own; the log of the request is not part of it.
    """

    slug: ClassVar[str]
    label: ClassVar[Any]
    is_followed_up: ClassVar[bool] = False

    @property
    def max_bytes(self) -> int:
        """How large a body may be."""
        return 100_000

    @property
    def most_a_minute(self) -> int:
        """How many requests an address takes in a minute; those beyond get the answer of `on_failure`."""
        return settings.HOOK_REQUESTS_PER_MINUTE

    @abstractmethod
    def answer(self, request: Inbound) -> HookAnswer:
        """The answer to a request. It may raise anything: then the caller gets the answer of `on_failure`."""

    @abstractmethod
    def on_failure(self, outcome: str) -> HookAnswer:
        """An answer that a caller can live with, made without asking anybody.

        `outcome` is FAILED, LIMITED, UNREADABLE or TOO_LARGE of `HookRequest.Outcome`.
        """

    def kept(self, request: Inbound) -> Kept:
        """What may be kept of a request; nothing else of it is stored or logged. Called for unanswered ones too."""
        return Kept(query=REDACTOR.text(request.query), body=REDACTOR.body(request.body))

    def handed_out(self, target: str, path: str, user: Any) -> None:  # noqa: B027
        """Called in the transaction in which an address is made or exchanged, with its new path, token included.

        For a kind that tells the provider by itself; whatever keeps the path keeps it encrypted.
        """

    def follow_up(self, lines: "Sequence[HookRequest]") -> None:  # noqa: B027
        """What is done with requests afterwards, by the worker, within seconds; lines of the log, the oldest first.

        Called where `is_followed_up`, in no transaction. A line may come twice, and two workers may do this at once.
        """

    def relied_on(self, target: str) -> Any:
        """What would end if the address were closed now, in words for whoever is about to; empty: nothing known."""
        return ""

    def left_to_do(self, target: str) -> Any:
        """What somebody has to do about a new address before the provider uses it; empty: VoiceHub sees to it."""
        return _("Enter it at the provider.")

    def knows(self, target: str) -> bool:
        """Whether an address may be made for this target. One address for the whole installation has none."""
        return not target

    def words_for(self, target: str) -> str:
        """What people call a target."""
        return target


_kinds: dict[str, HookKind] = {}


def register(kind: HookKind) -> None:
    """Make a kind known. A second one of the same slug replaces the first."""
    _kinds[kind.slug] = kind


def kinds() -> list[HookKind]:
    return list(_kinds.values())


def kind_of(slug: str) -> HookKind | None:
    """The kind of that slug; None when nobody has registered it."""
    return _kinds.get(slug)
