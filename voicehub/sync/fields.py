"""Secrets at rest."""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

PREFIX = "fernet:"


def _fernet() -> MultiFernet:
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty: set one key at least (bin/up makes one in demo mode).")
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


class EncryptedTextField(models.TextField):
    """Text that the database sees only encrypted, with the newest of ENCRYPTION_KEYS.

    Reading fails closed (`InvalidToken`) when no key fits. It cannot be searched: every look-up is refused.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return PREFIX + _fernet().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if not value:
            return value
        if not value.startswith(PREFIX):
            raise InvalidToken
        return _fernet().decrypt(value.removeprefix(PREFIX).encode()).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be searched.")
