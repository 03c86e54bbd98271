from telephony.admin.calls import CallAdmin
from telephony.admin.external_script import ExternalScriptAdmin
from telephony.admin.hotline import HotlineAdmin
from telephony.admin.hotline_calls import HotlineCallAdmin
from telephony.admin.phone_number import PhoneNumberAdmin
from telephony.admin.script import CallScriptAdmin
from telephony.admin.sip import SipAccountAdmin

__all__ = [
    "CallAdmin",
    "CallScriptAdmin",
    "ExternalScriptAdmin",
    "HotlineAdmin",
    "HotlineCallAdmin",
    "PhoneNumberAdmin",
    "SipAccountAdmin",
]
