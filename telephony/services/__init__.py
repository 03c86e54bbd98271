"""What people do with telephony. Forms, pages and commands all come through here."""

from telephony.services.sip import NotConnectedError, check_phone, connection, may_check_phone, save_account

__all__ = ["NotConnectedError", "check_phone", "connection", "may_check_phone", "save_account"]
