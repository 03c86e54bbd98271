"""KPN's gateway: who may ask, how often, and how it shows records."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import ApidazeDomain, ApidazeScript, ApidazeSipAccount, ApidazeToken
from voicehub.sandbox.providers.apidaze.doors import Door, Record, Statuses, the_domain
from voicehub.sandbox.providers.apidaze.words import fault, flat_error, nested_error
from voicehub.sandbox.wire import Answer, Request

PERIODS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
INVALID = ("Invalid access token", "oauth.v2.InvalidAccessToken")
EXPIRED = ("Access Token expired", "keymanagement.service.access_token_expired")
NOT_SUBSCRIBED = (
    "Invalid API call as no apiproduct match found",
    "keymanagement.service.InvalidAPICallAsNoApiProductMatchFound",
)


def let_in(request: Request) -> None:
    _check_token(request)
    domain = the_domain()
    if not domain.is_subscribed:
        raise RefusedError(with_quota(fault(403, *NOT_SUBSCRIBED)))
    _count(domain)


def error(status: int, sentence: str) -> Answer:
    if status == 401:
        return with_quota(fault(401, *INVALID))
    is_nested = the_domain().error_shape == ApidazeDomain.ErrorShape.NESTED
    answer = with_quota((nested_error if is_nested else flat_error)(status, sentence))
    if status == 429:
        # Whatever has been counted: who is told to wait is told that nothing is left.
        return replace(answer, headers={**answer.headers, "quota-used": answer.headers["quota-limit"]})
    return answer


def with_quota(answer: Answer) -> Answer:
    domain = the_domain()
    quota = {
        "quota-limit": str(domain.quota_limit),
        "quota-used": str(domain.quota_used),
        "quota-interval": "1",
        "quota-time-unit": domain.quota_time_unit,
        "quota-reset-UTC": f"{domain.quota_resets_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "sunset": domain.sunset,
    }
    return replace(answer, headers={**answer.headers, **quota})


def show_account(account: ApidazeSipAccount, is_new: bool = False) -> Record:
    return {
        "id": str(account.pk),
        "name": account.name,
        "sip": {"username": account.username, "password": account.password},
        "callerid": {
            "internal_name": account.username,
            "internal_number": account.internal_number,
            "external_name": account.username,
            "external_number": account.external_number,
        },
        "voicemail": {"mwi_account": account.mwi_account},
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.updated_at),
    }


def show_script(script: ApidazeScript) -> Record:
    return {
        "id": str(script.pk),
        "name": script.name,
        "url": script.url,
        "created_at": stamp(script.created_at),
        "updated_at": stamp(script.updated_at),
    }


def stamp(at: datetime) -> str:
    """UTC, without saying so."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _check_token(request: Request) -> None:
    scheme, _, text = request.header("Authorization").partition(" ")
    token = ApidazeToken.objects.filter(access_token=text.strip()).first()
    if scheme.lower() != "bearer" or token is None:
        raise RefusedError(error(401, ""))
    if token.expires_at <= timezone.now():
        raise RefusedError(with_quota(fault(401, *EXPIRED)))


def _count(domain: ApidazeDomain) -> None:
    now = timezone.now()
    if domain.quota_resets_at <= now:
        domain.quota_used, domain.quota_resets_at = 0, now + PERIODS[domain.quota_time_unit]
    if domain.quota_used >= domain.quota_limit:
        raise RefusedError(error(429, "The quota of calls has been used up."))
    domain.quota_used += 1
    domain.save()


GATEWAY = Door(
    let_in=let_in,
    error=error,
    show_account=show_account,
    show_script=show_script,
    accounts=Statuses(created=200, changed=200, deleted=200),
    scripts=Statuses(created=200, changed=200, deleted=204),
    resets_passwords=False,
    mark=with_quota,
)
