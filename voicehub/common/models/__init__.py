from voicehub.common.models.audit import AppendOnlyError, AuditEntry
from voicehub.common.models.do_not_call import DoNotCallNumber
from voicehub.common.models.guarding import Draft, Press
from voicehub.common.models.limits import LimitLock
from voicehub.common.models.list_views import ListStart, ListView
from voicehub.common.models.mail import Digest, MailTrouble
from voicehub.common.models.notices import Notice
from voicehub.common.models.people import User
from voicehub.common.models.runs import Run, RunRow
from voicehub.common.models.set_up import SetUpTick
from voicehub.common.models.sign_in import FormerPassword, RecoveryCode, SecondFactor, SignIn

__all__ = [
    "AppendOnlyError",
    "AuditEntry",
    "Digest",
    "DoNotCallNumber",
    "Draft",
    "FormerPassword",
    "LimitLock",
    "ListStart",
    "ListView",
    "MailTrouble",
    "Notice",
    "Press",
    "RecoveryCode",
    "Run",
    "RunRow",
    "SecondFactor",
    "SetUpTick",
    "SignIn",
    "User",
]
