"""What can be done with SIP accounts and hotlines many at a time; found by `voicehub.common.runs` at start-up."""

from telephony.runs.edit import ManyAccounts
from telephony.runs.file import AccountsFromFile, rows_of_range
from telephony.runs.hotlines import HotlinesFromFile
from voicehub.common.runs import register

__all__ = ["AccountsFromFile", "HotlinesFromFile", "ManyAccounts", "rows_of_range"]

register(AccountsFromFile())
register(ManyAccounts())
register(HotlinesFromFile())
