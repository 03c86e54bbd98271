"""How the records of telephony are kept in step: a module a provider."""

from telephony.sync import apidaze, voitex

__all__ = ["apidaze", "voitex"]
