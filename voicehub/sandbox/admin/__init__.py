from voicehub.sandbox.admin import apidaze, apidaze_calls, engine, ourvoice, outvoice, voitex

__all__ = ["apidaze", "apidaze_calls", "engine", "ourvoice", "outvoice", "voitex"]
