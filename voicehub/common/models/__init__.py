from voicehub.common.models.audit import AppendOnlyError, AuditEntry
from voicehub.common.models.do_not_call import DoNotCallNumber
from voicehub.common.models.limits import LimitLock
from voicehub.common.models.mail import Digest, MailTrouble
from voicehub.common.models.notices import Notice
from voicehub.common.models.people import User
from voicehub.common.models.runs import Run, RunRow
from voicehub.common.models.set_up import SetUpTick

__all__ = [
    "AppendOnlyError",
    "AuditEntry",
    "Digest",
    "DoNotCallNumber",
    "LimitLock",
    "MailTrouble",
    "Notice",
    "Run",
    "RunRow",
    "SetUpTick",
    "User",
]
