from voicehub.common.models.audit import AppendOnlyError, AuditEntry
from voicehub.common.models.limits import LimitLock
from voicehub.common.models.notices import Notice
from voicehub.common.models.people import User
from voicehub.common.models.runs import Run, RunRow

__all__ = ["AppendOnlyError", "AuditEntry", "LimitLock", "Notice", "Run", "RunRow", "User"]
