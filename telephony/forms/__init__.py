from telephony.forms.script import CallScriptForm, TrialForm
from telephony.forms.sip import SipAccountForm

__all__ = ["CallScriptForm", "SipAccountForm", "TrialForm"]
