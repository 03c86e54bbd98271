from telephony.admin.sip import SipAccountAdmin

__all__ = ["SipAccountAdmin"]
