"""How the records of telephony are kept in step: a module a provider."""

from telephony.sync import apidaze, outgoing, recordings, voitex

__all__ = ["apidaze", "outgoing", "recordings", "voitex"]
