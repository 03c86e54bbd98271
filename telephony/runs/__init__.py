"""What can be done with SIP accounts many at a time; found by `voicehub.common.runs` at start-up."""

from telephony.runs.edit import ManyAccounts
from telephony.runs.file import AccountsFromFile, rows_of_range
from voicehub.common.runs import register

__all__ = ["AccountsFromFile", "ManyAccounts", "rows_of_range"]

register(AccountsFromFile())
register(ManyAccounts())
