"""The providers that the sandbox stands in for, by the first part of their paths."""

from voicehub.sandbox.providers.apidaze import APIDAZE
from voicehub.sandbox.providers.ourvoice import OURVOICE
from voicehub.sandbox.providers.outvoice import OUTVOICE
from voicehub.sandbox.providers.voiceshot import VOICESHOT
from voicehub.sandbox.providers.voitex import VOITEX

PROVIDERS = {provider.name: provider for provider in (OUTVOICE, OURVOICE, APIDAZE, VOITEX, VOICESHOT)}
