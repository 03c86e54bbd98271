from voicehub.sandbox.models.engine import Call, Fault
from voicehub.sandbox.models.outvoice import (
    OutVoiceClient,
    OutVoicePayee,
    OutVoicePayment,
    OutVoiceTokenPair,
    OutVoiceUser,
)

__all__ = [
    "Call",
    "Fault",
    "OutVoiceClient",
    "OutVoicePayee",
    "OutVoicePayment",
    "OutVoiceTokenPair",
    "OutVoiceUser",
]
