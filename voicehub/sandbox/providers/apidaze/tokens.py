"""Signing in at KPN: a client id and its secret for a token that cannot be renewed."""

import secrets
from datetime import timedelta
from string import ascii_letters, digits
from urllib.parse import parse_qs

from django.utils import timezone

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import ApidazeDomain, ApidazeToken
from voicehub.sandbox.providers.apidaze.words import FORM, nested_error
from voicehub.sandbox.wire import Answer, Request, json_answer

LIFE = timedelta(seconds=3599)
TOKEN_LENGTH = 28
ALPHABET = ascii_letters + digits


def grant(request: Request) -> Answer:
    if request.media_type != FORM:
        raise RefusedError(token_error(400, "The content type is not supported"))
    if parse_qs(request.query).get("grant_type") != ["client_credentials"]:
        raise RefusedError(token_error(400, "The request is missing a required parameter : grant_type"))
    return _answer(_new_token(_domain(request.form())))


def token_error(status: int, sentence: str) -> Answer:
    """The shape that only this address has."""
    code = "invalid_client" if status == 401 else "invalid_request"
    return json_answer({"ErrorCode": code, "Error": sentence}, status)


def random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _letter in range(length))


def _domain(form: dict[str, str]) -> ApidazeDomain:
    domain = ApidazeDomain.objects.filter(client_id=form.get("client_id", "")).first()
    if domain is None:
        # Not the fault of KPN's server at all, but this is how it answers.
        raise RefusedError(nested_error(500, "invalid_client-invalid_client_id"))
    if form.get("client_secret") != domain.client_secret:
        raise RefusedError(token_error(401, "Client credentials are invalid"))
    return domain


def _new_token(domain: ApidazeDomain) -> ApidazeToken:
    now = timezone.now()
    return ApidazeToken.objects.create(
        domain=domain, access_token=random_text(TOKEN_LENGTH), issued_at=now, expires_at=now + LIFE
    )


def _answer(token: ApidazeToken) -> Answer:
    return json_answer(
        {
            "refresh_token_expires_in": "0",
            "refresh_token": "",
            "api_product_list": "[voip_innovations]",
            "api_product_list_json": ["voip_innovations"],
            "organization_name": "kpn",
            "developer.email": "sandbox@example.org",
            "token_type": "Bearer",
            "issued_at": str(int(token.issued_at.timestamp() * 1000)),
            "client_id": token.domain.client_id,
            "access_token": token.access_token,
            "application_name": "6e38ed2d-48b1-4362-97d6-04254065d79c",
            "scope": "",
            "expires_in": str(int(LIFE.total_seconds())),
            "refresh_count": "0",
            "status": "approved",
        }
    )
