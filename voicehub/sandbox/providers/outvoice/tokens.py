"""Signing in at OutVoice: pairs of tokens that change together."""

import secrets
from datetime import timedelta

from django.utils import timezone

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import OutVoiceClient, OutVoiceTokenPair, OutVoiceUser
from voicehub.sandbox.wire import Answer, Request, json_answer

ACCESS_LIFE = timedelta(seconds=3600)
REFRESH_LIFE = timedelta(days=30)
# As long as the real ones probably are (a JWT and an encrypted payload), so that short columns are noticed.
ACCESS_BYTES = 480
REFRESH_BYTES = 320
# Asked for every call: the ORM takes ten times as long to put it into words.
OF_ACCESS_TOKEN = "SELECT * FROM sandbox_outvoicetokenpair WHERE access_token = %s AND NOT is_revoked"
ERROR_NAMES = {400: "invalid_grant", 401: "invalid_client", 403: "access_denied"}


def grant(request: Request) -> Answer:
    form = request.form()
    grants = {"password": _pair_for_password, "refresh_token": _pair_for_refresh}
    if form.get("grant_type") not in grants:
        raise RefusedError(
            json_answer(
                {
                    "error": "unsupported_grant_type",
                    "message": "The authorization grant type is not supported by the authorization server.",
                },
                400,
            )
        )
    return _answer(grants[form["grant_type"]](form, _client(form)))


def check(request: Request) -> Answer:
    return json_answer(signed_in(request).user.name)


def signed_in(request: Request) -> OutVoiceTokenPair:
    """The pair of the bearer token; raises RefusedError when it is missing, unknown, expired or revoked."""
    scheme, _, token = request.header("Authorization").partition(" ")
    pairs = OutVoiceTokenPair.objects.raw(OF_ACCESS_TOKEN, [token.strip()])
    pair = next(iter(pairs), None)
    if scheme.lower() != "bearer" or pair is None or pair.expires_at <= timezone.now():
        raise RefusedError(json_answer({"message": "Unauthenticated."}, 401))
    return pair


def token_error(status: int, sentence: str) -> Answer:
    name = ERROR_NAMES.get(status, "server_error")
    return json_answer({"error": name, "error_description": sentence, "message": sentence}, status)


def refresh_error(hint: str) -> Answer:
    return json_answer({"error": "invalid_request", "message": "The refresh token is invalid.", "hint": hint}, 401)


def _client(form: dict[str, str]) -> OutVoiceClient:
    client = OutVoiceClient.objects.filter(client_id=form.get("client_id", "")).first()
    if client is None:
        raise RefusedError(json_answer({"error": "invalid_client", "message": "Client authentication failed"}, 401))
    return client


def _pair_for_password(form: dict[str, str], client: OutVoiceClient) -> OutVoiceTokenPair:
    user = OutVoiceUser.objects.filter(email=form.get("username", ""), password=form.get("password", "")).first()
    if user is None:
        raise RefusedError(token_error(400, "The user credentials were incorrect."))
    return _new_pair(user.pk, client)


def _pair_for_refresh(form: dict[str, str], client: OutVoiceClient) -> OutVoiceTokenPair:
    pairs = OutVoiceTokenPair.objects.filter(client=client, refresh_token=form.get("refresh_token", ""))
    pair = pairs.first()
    if pair and not pair.is_revoked and pair.refresh_expires_at <= timezone.now():
        raise RefusedError(refresh_error("Token has expired"))
    # A refresh token works once, and using it ends the access token that came with it.
    if pair is None or not pairs.filter(is_revoked=False).update(is_revoked=True):
        raise RefusedError(refresh_error("Token has been revoked"))
    return _new_pair(pair.user_id, client)


def _new_pair(user_id: int, client: OutVoiceClient) -> OutVoiceTokenPair:
    now = timezone.now()
    return OutVoiceTokenPair.objects.create(
        user_id=user_id,
        client=client,
        access_token=secrets.token_urlsafe(ACCESS_BYTES),
        refresh_token=secrets.token_hex(REFRESH_BYTES),
        issued_at=now,
        expires_at=now + ACCESS_LIFE,
        refresh_expires_at=now + REFRESH_LIFE,
    )


def _answer(pair: OutVoiceTokenPair) -> Answer:
    return json_answer(
        {
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
        }
    )
