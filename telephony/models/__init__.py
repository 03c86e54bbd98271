from telephony.models.phone_link import PhoneLink
from telephony.models.script import CalledNumber, CallScript, ScriptVersion
from telephony.models.sip import SipAccount

__all__ = ["CallScript", "CalledNumber", "PhoneLink", "ScriptVersion", "SipAccount"]
