from telephony.forms.sip import SipAccountForm

__all__ = ["SipAccountForm"]
