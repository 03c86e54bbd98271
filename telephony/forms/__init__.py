from telephony.forms.contact import LABELS, ContactForm, NewContactForm, NumberForm, phones_in_words
from telephony.forms.external_script import ExternalScriptForm, ImitatedCallForm
from telephony.forms.script import CallScriptForm, TrialForm
from telephony.forms.sip import LinkForm, RangeForm, ReasonForm, RenewalForm, SipAccountForm

__all__ = [
    "LABELS",
    "CallScriptForm",
    "ContactForm",
    "ExternalScriptForm",
    "ImitatedCallForm",
    "LinkForm",
    "NewContactForm",
    "NumberForm",
    "RangeForm",
    "ReasonForm",
    "RenewalForm",
    "SipAccountForm",
    "TrialForm",
    "phones_in_words",
]
