"""What the kinds of run about SIP accounts have in common: how a value is checked, and how an account is saved."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError

from telephony import services
from telephony.models import SipAccount
from telephony.models.sip import RULES
from voicehub.common.runs import RecordKind, RowRefusedError

VIEW, ADD, CHANGE = "telephony.view_sipaccount", "telephony.add_sipaccount", "telephony.change_sipaccount"


class AccountKind(RecordKind):
    model = SipAccount
    unique_field = "username"

    def sees_all(self, user: Any) -> bool:
        return user.has_perm(VIEW)

    def save(self, record: SipAccount, changed: Collection[str], user: Any) -> None:
        if "username" in changed:
            try:
                services.check_username(record.username, record.connection or services.connection())
            except ValidationError as why:
                raise RowRefusedError(why.message) from why
        services.save_account(record, user=user)


def checked(name: str, text: str, account: SipAccount | None) -> str:
    """The text, if it may stand in a field. Raises ValidationError; what stands there already may be anything."""
    if text and not (account and getattr(account, name) == text):
        RULES[name](text)
    return text
