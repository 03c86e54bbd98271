"""What a provider has said yes to and does later: after so many reads that still show the old state."""

from contextlib import suppress
from http import HTTPMethod

from voicehub.sandbox.contract import Provider, RefusedError
from voicehub.sandbox.models import Call, PutOffCall
from voicehub.sandbox.wire import Request


def put_off(call: Call, reads: int) -> None:
    PutOffCall.objects.create(call=call, reads_to_come=reads)


def carry_out_what_is_due(provider: Provider, request: Request) -> None:
    """To be asked before the provider does anything else about the request."""
    if request.method != HTTPMethod.GET:
        return
    for waiting in PutOffCall.objects.filter(call__provider=provider.name).select_related("call").order_by("pk"):
        if waiting.reads_to_come:
            waiting.reads_to_come -= 1
            waiting.save()
        else:
            _carry_out(provider, waiting.call)
            waiting.delete()


def _carry_out(provider: Provider, call: Call) -> None:
    request = Request(call.method, call.path, call.query, call.headers, call.body.encode())
    operation = provider.operation(call.operation)
    if operation is None:
        return
    # Whoever was told yes is not there any more to be told no.
    with suppress(RefusedError):
        operation.act(request)
        Call.objects.filter(pk=call.pk).update(is_acted=True)
