"""What people do with contributors and payments. Forms, pages and commands all come through here."""

from contributors.services.accounts import (
    check_account,
    connect,
    current_connection,
    demo_sign_in,
    disconnect,
    pull_contributors,
    usable_connection,
)
from contributors.services.drafts import Line, digest, discard_draft, preview, save_draft
from contributors.services.errors import (
    AlreadyConfirmedError,
    ChangedError,
    DiscardedError,
    NewWarningsError,
    NotAllowedError,
    NotConnectedError,
    NotPayableError,
    PaidAgainError,
)
from contributors.services.paying import cancel, confirm, release_behind, settle

__all__ = [
    "AlreadyConfirmedError",
    "ChangedError",
    "DiscardedError",
    "Line",
    "NewWarningsError",
    "NotAllowedError",
    "NotConnectedError",
    "NotPayableError",
    "PaidAgainError",
    "cancel",
    "check_account",
    "confirm",
    "connect",
    "current_connection",
    "demo_sign_in",
    "digest",
    "discard_draft",
    "disconnect",
    "preview",
    "pull_contributors",
    "release_behind",
    "save_draft",
    "settle",
    "usable_connection",
]
