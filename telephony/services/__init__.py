"""What people do with telephony. Forms, pages and commands all come through here."""

from telephony.services.script import (
    ChangedError,
    NotPublishableError,
    digest,
    draft_digest,
    end_default,
    make_default,
    publish,
    restore,
    save_script,
    unpublish,
)
from telephony.services.sip import NotConnectedError, check_phone, connection, may_check_phone, save_account

__all__ = [
    "ChangedError",
    "NotConnectedError",
    "NotPublishableError",
    "check_phone",
    "connection",
    "digest",
    "draft_digest",
    "end_default",
    "make_default",
    "may_check_phone",
    "publish",
    "restore",
    "save_account",
    "save_script",
    "unpublish",
]
