from telephony.models.sip import SipAccount

__all__ = ["SipAccount"]
