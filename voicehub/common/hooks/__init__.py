"""Hooks: addresses at which providers ask or tell us something, and wait for the answer.

An app describes what it takes as a kind, in a module `hooks` that is found at start-up::

    class Doorbell(HookKind):
        slug, label = "bells", _("Doorbells")

        def answer(self, request):
            bell = Bell.objects.get(pk=request.target)
            return HookAnswer(f"{bell.greeting}\n".encode())

        def on_failure(self, outcome):
            return HookAnswer(b"Somebody will come.\n")

    register(Doorbell())

Addresses of a kind, `/hooks/bells/<token>/`, are made, exchanged and closed in the admin, or by `addresses`. Limits,
the log of requests and its end are there already.
"""

from voicehub.common.hooks.kinds import HookAnswer, HookKind, Inbound, Kept, register

__all__ = ["HookAnswer", "HookKind", "Inbound", "Kept", "register"]
