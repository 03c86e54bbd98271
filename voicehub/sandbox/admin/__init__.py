from voicehub.sandbox.admin import engine, ourvoice, outvoice

__all__ = ["engine", "ourvoice", "outvoice"]
