"""One request to a provider, from its arrival to the reply that it is to get."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from voicehub.sandbox import dial, putting_off
from voicehub.sandbox.contract import Errand, Operation, Outcome, Provider, RefusedError
from voicehub.sandbox.models import Call
from voicehub.sandbox.router import SANDBOX
from voicehub.sandbox.wire import BODY_KEPT, SILENT, Answer, Reply, Request

Done = TypeVar("Done", bound=Outcome)


class Visit:
    """`begin` does everything in one transaction, unless `wait` or `errand` is set afterwards.

    `wait` tells how long to wait before `finish`; `errand`, which either may leave, what to run before `conclude`.
    Fault, call and what the provider did about it stand or fall together. No transaction is open in between.
    """

    def __init__(self, provider: Provider, request: Request) -> None:
        self._request = request
        self._operation = provider.find(request)
        self._provider = provider
        self._fault: dial.TakenFault | None = None
        self._call = Call(
            at=timezone.now(),
            provider=provider.name,
            operation=self._operation.name if self._operation else "",
            method=request.method,
            path=request.path,
            query=request.query,
            headers=dict(request.headers),
            body=request.body[:BODY_KEPT].decode(errors="replace"),
        )
        self.wait = 0.0
        self.errand: Errand | None = None
        self.reply = Reply(provider.not_found)

    def begin(self) -> None:
        with transaction.atomic(SANDBOX):
            if self._operation:
                self._take_fault(self._operation)
            if self.wait:
                self._call.save()
            else:
                self.finish()

    def finish(self) -> None:
        with transaction.atomic(SANDBOX, savepoint=False):
            outcome = self._work()
            if isinstance(outcome, Errand):
                self.errand = outcome
                self._call.save()
            else:
                self._settle(outcome)

    def conclude(self, errand: Errand, result: Any) -> None:
        with transaction.atomic(SANDBOX):
            self._settle(self._attempt(lambda: errand.conclude(result)))

    def _take_fault(self, operation: Operation) -> None:
        self._fault = dial.take(self._provider, operation.name)
        if self._fault:
            self._call.fault = self._fault.kind.name
            self.wait = self._fault.seconds if self._fault.kind.waits_first else 0.0

    def _work(self) -> Outcome:
        """What the provider has done; an empty answer where a fault keeps it from acting."""
        operation = self._operation
        if operation is None:
            return self._provider.not_found
        putting_off.carry_out_what_is_due(self._provider, self._request)
        if self._fault and not self._fault.kind.acts:
            return Answer()
        if self._request.method != operation.method:
            return operation.error(405, "Method Not Allowed")
        return self._attempt(lambda: operation.act(self._request))

    def _attempt(self, act: Callable[[], Done]) -> Done | Answer:
        try:
            outcome = act()
        except RefusedError as refused:
            return refused.answer
        self._call.is_acted = isinstance(outcome, Answer)
        return outcome

    def _settle(self, real: Answer) -> None:
        """Shape the answer as the fault wants it, and write down how it went."""
        self.reply = Reply(real)
        if self._operation and self._fault:
            kind = self._fault.kind
            answer = kind.reshape(self._operation, real, self._fault.value)
            self.reply = Reply(answer, kind.deliver, self._fault.seconds)
        self._call.status = None if self.reply.deliver in SILENT else self.reply.answer.status
        self._call.save()
        if self._fault and self._fault.kind.is_put_off:
            putting_off.put_off(self._call, self._fault.value)
