from telephony.models.call import Call
from telephony.models.external_script import ExternalScript
from telephony.models.hotline import Hotline, HotlineCall, HotlineStep, TriggerRule
from telephony.models.outgoing import NotificationCall, SmsMessage
from telephony.models.phone_link import PhoneLink
from telephony.models.phone_number import PhoneNumber
from telephony.models.recording import Recording
from telephony.models.script import CalledNumber, CallScript, ScriptVersion
from telephony.models.sip import SipAccount

__all__ = [
    "Call",
    "CallScript",
    "CalledNumber",
    "ExternalScript",
    "Hotline",
    "HotlineCall",
    "HotlineStep",
    "NotificationCall",
    "PhoneLink",
    "PhoneNumber",
    "Recording",
    "ScriptVersion",
    "SipAccount",
    "SmsMessage",
    "TriggerRule",
]
