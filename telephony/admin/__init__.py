from telephony.admin.script import CallScriptAdmin
from telephony.admin.sip import SipAccountAdmin

__all__ = ["CallScriptAdmin", "SipAccountAdmin"]
