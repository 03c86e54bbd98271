"""One request to a provider, from its arrival to the reply that it is to get."""

from django.db import transaction
from django.utils import timezone

from voicehub.sandbox import dial
from voicehub.sandbox.contract import Operation, Provider, RefusedError
from voicehub.sandbox.models import Call
from voicehub.sandbox.router import SANDBOX
from voicehub.sandbox.wire import SILENT, Answer, Reply, Request

# Enough to prove what was received; a recording of fifty megabytes need not be kept.
BODY_KEPT = 200_000


class Visit:
    """`begin` does everything in one transaction, unless `wait` is set afterwards: then `finish` is still to come.

    Fault, call and what the provider did about it stand or fall together. No transaction is open while it waits.
    """

    def __init__(self, provider: Provider, request: Request) -> None:
        self._request = request
        self._operation = provider.find(request.method, request.path)
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
            body=request.body.decode(errors="replace")[:BODY_KEPT],
        )
        self.wait = 0.0
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
            if self._operation:
                self.reply = self._work(self._operation)
            self._call.status = None if self.reply.deliver in SILENT else self.reply.answer.status
            self._call.save()

    def _take_fault(self, operation: Operation) -> None:
        self._fault = dial.take(self._provider, operation.name)
        if self._fault:
            self._call.fault = self._fault.kind.name
            self.wait = self._fault.seconds if self._fault.kind.waits_first else 0.0

    def _work(self, operation: Operation) -> Reply:
        if self._fault is None:
            return Reply(self._act(operation))
        kind = self._fault.kind
        real = self._act(operation) if kind.acts else Answer()
        answer = kind.reshape(operation, real, self._fault.value)
        return Reply(answer, kind.deliver, self._fault.seconds)

    def _act(self, operation: Operation) -> Answer:
        if self._request.method != operation.method:
            return operation.error(405, "Method Not Allowed")
        try:
            answer = operation.act(self._request)
        except RefusedError as refused:
            return refused.answer
        self._call.is_acted = True
        return answer
