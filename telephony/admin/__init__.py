from telephony.admin.calls import CallAdmin
from telephony.admin.external_script import ExternalScriptAdmin
from telephony.admin.hotline import HotlineAdmin
from telephony.admin.hotline_calls import HotlineCallAdmin
from telephony.admin.outgoing import NotificationCallAdmin, SmsMessageAdmin
from telephony.admin.phone_number import PhoneNumberAdmin
from telephony.admin.recording import RecordingAdmin
from telephony.admin.script import CallScriptAdmin
from telephony.admin.sip import SipAccountAdmin

__all__ = [
    "CallAdmin",
    "CallScriptAdmin",
    "ExternalScriptAdmin",
    "HotlineAdmin",
    "HotlineCallAdmin",
    "NotificationCallAdmin",
    "PhoneNumberAdmin",
    "RecordingAdmin",
    "SipAccountAdmin",
    "SmsMessageAdmin",
]
