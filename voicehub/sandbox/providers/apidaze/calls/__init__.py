"""Calls that nobody makes: a script is loaded and followed as Apidaze would, without a telephone."""

from voicehub.sandbox.providers.apidaze.calls.call import SimulatedCall
from voicehub.sandbox.providers.apidaze.calls.plan import Plan
from voicehub.sandbox.providers.apidaze.calls.transcript import Ending, Load, Step, Transcript

__all__ = ["Ending", "Load", "Plan", "SimulatedCall", "Step", "Transcript"]
