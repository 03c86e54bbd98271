from voicehub.sandbox.models.apidaze import ApidazeCall, ApidazeDomain, ApidazeScript, ApidazeSipAccount, ApidazeToken
from voicehub.sandbox.models.engine import Call, Fault, PutOffCall
from voicehub.sandbox.models.ourvoice import OurvoiceAccount, OurvoiceApp, OurvoiceCode, OurvoiceSender
from voicehub.sandbox.models.outvoice import (
    OutVoiceClient,
    OutVoicePayee,
    OutVoicePayment,
    OutVoiceTokenPair,
    OutVoiceUser,
)
from voicehub.sandbox.models.voiceshot import (
    VoiceShotAccount,
    VoiceShotCall,
    VoiceShotFile,
    VoiceShotMenu,
    VoiceShotPhone,
)
from voicehub.sandbox.models.voitex import (
    VoitexAccount,
    VoitexAlbum,
    VoitexCall,
    VoitexContact,
    VoitexHotline,
    VoitexRecording,
    VoitexSms,
    VoitexTriggerCall,
)

__all__ = [
    "ApidazeCall",
    "ApidazeDomain",
    "ApidazeScript",
    "ApidazeSipAccount",
    "ApidazeToken",
    "Call",
    "Fault",
    "OurvoiceAccount",
    "OurvoiceApp",
    "OurvoiceCode",
    "OurvoiceSender",
    "OutVoiceClient",
    "OutVoicePayee",
    "OutVoicePayment",
    "OutVoiceTokenPair",
    "OutVoiceUser",
    "PutOffCall",
    "VoiceShotAccount",
    "VoiceShotCall",
    "VoiceShotFile",
    "VoiceShotMenu",
    "VoiceShotPhone",
    "VoitexAccount",
    "VoitexAlbum",
    "VoitexCall",
    "VoitexContact",
    "VoitexHotline",
    "VoitexRecording",
    "VoitexSms",
    "VoitexTriggerCall",
]
