"""The domain's records as a whole: the first ones, all of them, and what tests may change about them."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from voicehub.sandbox.models import ApidazeCall, ApidazeDomain, ApidazeScript, ApidazeSipAccount, ApidazeToken
from voicehub.sandbox.providers.apidaze.accounts import new_password
from voicehub.sandbox.providers.apidaze.gateway import PERIODS

DOMAIN = "vm.1cdef287.apidaze.voip"
MADE_AT = datetime(2012, 7, 24, 22, 38, 25, tzinfo=UTC)
ACCOUNTS: tuple[dict[str, Any], ...] = (
    {
        "pk": 3,
        "username": "frontdesk",
        "name": "Front desk",
        "internal_number": "200",
        "external_number": "31201234500",
        "mwi_account": "200",
        "is_registered": True,
    },
    {
        "pk": 8,
        "username": "ann",
        "name": "Ann",
        "internal_number": "201",
        "external_number": "31201234567",
        "is_registered": True,
    },
    {"pk": 9, "username": "warehouse", "name": "Warehouse", "internal_number": "210"},
    {"pk": 12, "username": "Lift.Phone-2"},
)
# Somebody else's: whoever publishes scripts of their own has to notice it.
SCRIPT = {"pk": 3, "name": "main", "url": "https://scripts.example.org/apidaze/main.php"}
MODELS = (ApidazeCall, ApidazeToken, ApidazeSipAccount, ApidazeScript, ApidazeDomain)
ACCOUNT_FIELDS = (
    "username",
    "name",
    "internal_number",
    "external_number",
    "mwi_account",
    "email_address",
    "is_registered",
)
SCRIPT_FIELDS = ("name", "url")
SWITCHES = (
    "is_subscribed",
    "error_shape",
    "answers_lists",
    "sunset",
    "quota_limit",
    "quota_used",
    "quota_time_unit",
)


def is_empty() -> bool:
    return not ApidazeDomain.objects.exists()


def reset() -> None:
    for model in MODELS:
        model.objects.all().delete()
    ApidazeDomain.objects.create(
        name=DOMAIN,
        client_id=settings.SANDBOX_APIDAZE_CLIENT_ID,
        client_secret=settings.SANDBOX_APIDAZE_CLIENT_SECRET,
        native_key=settings.SANDBOX_APIDAZE_NATIVE_KEY,
        native_secret=settings.SANDBOX_APIDAZE_NATIVE_SECRET,
        quota_resets_at=timezone.now() + PERIODS["hour"],
    )
    for values in ACCOUNTS:
        _make_account(values, MADE_AT)
    ApidazeScript.objects.create(created_at=MADE_AT, updated_at=MADE_AT, **SCRIPT)


def read() -> dict[str, Any]:
    return {
        "domains": _rows(ApidazeDomain),
        "tokens": _rows(ApidazeToken),
        "accounts": _rows(ApidazeSipAccount),
        "scripts": _rows(ApidazeScript),
        "calls": _rows(ApidazeCall),
    }


def _rows(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


def _make_account(values: dict[str, Any], at: datetime) -> None:
    ApidazeSipAccount.objects.create(password=new_password(), created_at=at, updated_at=at, **values)


def add_accounts(accounts: Any) -> None:
    """A list of objects with `username` and whatever else an account has."""
    for values in _objects(accounts):
        _make_account(_only(values, ACCOUNT_FIELDS), timezone.now())


def change_account(values: Any) -> None:
    """`{"username", …}`: somebody changes an account on the provider's own site, or a phone signs in."""
    for one in _objects([values]):
        changes = _only({name: value for name, value in one.items() if name != "username"}, ACCOUNT_FIELDS)
        _of(one.get("username")).update(updated_at=timezone.now(), **changes)


def delete_account(username: Any) -> None:
    """Somebody deletes an account on the provider's own site."""
    _of(username).delete()


def set_scripts(scripts: Any) -> None:
    """A list of objects with `url` and `name`, or an empty one, becomes all that is registered."""
    ApidazeScript.objects.all().delete()
    now = timezone.now()
    for values in _objects(scripts):
        ApidazeScript.objects.create(created_at=now, updated_at=now, **_only(values, SCRIPT_FIELDS))


def switch(values: Any) -> None:
    """How the domain's server answers: for example `{"answers_lists": true, "quota_limit": 2}`."""
    for one in _objects([values]):
        ApidazeDomain.objects.update(**_only(one, SWITCHES))


def expire_tokens(wanted: Any) -> None:
    if wanted is not True:
        raise ValueError("only true is understood here")
    ApidazeToken.objects.update(expires_at=timezone.now())


def _of(username: Any) -> Any:
    accounts = ApidazeSipAccount.objects.filter(username=str(username))
    if not accounts.exists():
        raise ValueError("there is no such account")
    return accounts


def _objects(values: Any) -> list[dict[str, Any]]:
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise ValueError("objects are wanted here")
    return values


def _only(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if unknown := values.keys() - set(names):
        raise ValueError(f"not understood: {', '.join(sorted(unknown))}")
    return values


EDITS = {
    "add_accounts": add_accounts,
    "change_account": change_account,
    "delete_account": delete_account,
    "set_scripts": set_scripts,
    "switch": switch,
    "expire_tokens": expire_tokens,
}
