"""The Apidaze client. Source: KPN's "Voice - VoIP Innovations" documentation, Apidaze's own and its public clients.

There are two doors to one telephone exchange: KPN's gateway and Apidaze's native interface. Ids are text. There is no
idempotency key: a create whose answer is lost is looked for in the list.
"""

from telephony.apidaze.client import ApidazeClient
from telephony.apidaze.doors import KPN, NATIVE, ApidazeSettings
from telephony.apidaze.records import RemoteScript, RemoteSipAccount, RemoteStatus

__all__ = [
    "KPN",
    "NATIVE",
    "ApidazeClient",
    "ApidazeSettings",
    "RemoteScript",
    "RemoteSipAccount",
    "RemoteStatus",
]
