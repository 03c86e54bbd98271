"""How the records of telephony are kept in step: a module a provider."""

from telephony.sync import apidaze, outgoing, voitex

__all__ = ["apidaze", "outgoing", "voitex"]
