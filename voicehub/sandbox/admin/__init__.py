from voicehub.sandbox.admin import apidaze, apidaze_calls, engine, ourvoice, outvoice, voiceshot, voitex

__all__ = ["apidaze", "apidaze_calls", "engine", "ourvoice", "outvoice", "voiceshot", "voitex"]
