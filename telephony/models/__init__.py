from telephony.models.script import CalledNumber, CallScript, ScriptVersion
from telephony.models.sip import SipAccount

__all__ = ["CallScript", "CalledNumber", "ScriptVersion", "SipAccount"]
