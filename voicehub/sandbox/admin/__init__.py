from voicehub.sandbox.admin import engine, outvoice

__all__ = ["engine", "outvoice"]
