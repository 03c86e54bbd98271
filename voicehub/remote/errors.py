"""What went wrong with a provider, named by what the caller has to do about it.

Each client raises these and nothing else; the sync engine obeys the class and never looks at a status code.
"""

from collections.abc import Mapping, Sequence


class RemoteError(Exception):
    """Any failed conversation with a provider. `str(error)` is fit for staff and free of secrets."""


class ConfigurationError(RemoteError):
    """A key or an address is missing or wrong: ours to mend, nothing will work until then."""


class AuthenticationError(RemoteError):
    """The provider refuses who we say we are; surely nothing happened."""


class SignInNeededError(AuthenticationError):
    """There is no token to call with: a person has to sign in first, and the call itself never began."""


class RejectedError(RemoteError):
    """The provider said no, for good; surely nothing happened.

    `fields` maps names of the provider's fields to its messages about them.
    """

    def __init__(self, message: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}


class NotFoundError(RemoteError):
    """The record is gone at the provider (or never was there)."""


class RateLimitedError(RemoteError):
    """Not now; surely nothing happened. `retry_after` is in seconds, None when the provider did not say."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnavailableError(RemoteError):
    """The request surely never reached the provider, or it was surely not acted upon."""


class PendingError(RemoteError):
    """The provider has taken the request and not acted on it yet: a later look shows what becomes of it."""


class UncertainError(RemoteError):
    """The provider may have acted: the answer was lost, late or cut."""


class UnexpectedResponseError(RemoteError):
    """An answer came and could not be understood; whether anything happened is not known."""
