from telephony.forms.script import CallScriptForm, TrialForm
from telephony.forms.sip import RangeForm, ReasonForm, RenewalForm, SipAccountForm

__all__ = ["CallScriptForm", "RangeForm", "ReasonForm", "RenewalForm", "SipAccountForm", "TrialForm"]
