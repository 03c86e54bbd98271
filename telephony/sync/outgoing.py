"""How calls and texts go out through Voitex: once each, or not at all."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from telephony.models import NotificationCall, SmsMessage
from telephony.obstacles import why_not_send
from telephony.sync.voitex import SLUG, VOITEX, make_client
from telephony.voitex import VoitexClient
from voicehub.sync.handlers import OnceOnlyHandler, OnExchange, Receipt
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.registry import register


class _Outgoing(OnceOnlyHandler):
    provider = SLUG

    def client(self, connection: Connection, on_exchange: OnExchange) -> VoitexClient:
        return make_client(connection, on_exchange)

    def obstacle(self, record: Any) -> str:
        return why_not_send(record.to)

    def columns_when_done(self, job: SyncJob) -> dict[str, Any]:
        return {"sent_at": job.started_at}


class NotificationCallSync(_Outgoing):
    model = NotificationCall

    def send_within(self) -> timedelta:
        return timedelta(seconds=settings.CALL_SEND_WITHIN_SECONDS)

    def send(self, client: VoitexClient, record: NotificationCall) -> Receipt:
        reference = client.place_call(caller=record.caller, to=record.to, route=record.route, branch=record.branch)
        return _receipt(reference)


class SmsMessageSync(_Outgoing):
    model = SmsMessage

    def send_within(self) -> timedelta:
        return timedelta(seconds=settings.SMS_SEND_WITHIN_SECONDS)

    def send(self, client: VoitexClient, record: SmsMessage) -> Receipt:
        return _receipt(client.send_sms(sender=record.caller, to=record.to, body=record.body).reference)


def _receipt(reference: str) -> Receipt:
    return Receipt(
        _("Voitex accepted it. Whether somebody answered or read it, Voitex does not tell."),
        {"reference": reference},
    )


register(VOITEX, NotificationCallSync(), SmsMessageSync())
