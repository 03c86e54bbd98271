from telephony.forms.external_scripts import ExternalScriptForm, ImitatedCallForm
from telephony.forms.script import CallScriptForm, TrialForm
from telephony.forms.sip import SipAccountForm

__all__ = ["CallScriptForm", "ExternalScriptForm", "ImitatedCallForm", "SipAccountForm", "TrialForm"]
