from voicehub.common.models.audit import AppendOnlyError, AuditEntry
from voicehub.common.models.do_not_call import DoNotCallNumber
from voicehub.common.models.guarding import Draft, Press
from voicehub.common.models.limits import LimitLock
from voicehub.common.models.mail import Digest, MailTrouble
from voicehub.common.models.notices import Notice
from voicehub.common.models.people import User
from voicehub.common.models.runs import Run, RunRow

__all__ = [
    "AppendOnlyError",
    "AuditEntry",
    "Digest",
    "DoNotCallNumber",
    "Draft",
    "LimitLock",
    "MailTrouble",
    "Notice",
    "Press",
    "Run",
    "RunRow",
    "User",
]
