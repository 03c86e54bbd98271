from telephony.forms.external_script import ExternalScriptForm, ImitatedCallForm
from telephony.forms.script import CallScriptForm, TrialForm
from telephony.forms.sip import LinkForm, RangeForm, ReasonForm, RenewalForm, SipAccountForm

__all__ = [
    "CallScriptForm",
    "ExternalScriptForm",
    "ImitatedCallForm",
    "LinkForm",
    "RangeForm",
    "ReasonForm",
    "RenewalForm",
    "SipAccountForm",
    "TrialForm",
]
