"""The external script: the one address from which Apidaze loads what is to happen on a call."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from simple_history.models import HistoricalRecords

from telephony.script_address import is_masked, masked
from voicehub.sync.fields import EncryptedTextField
from voicehub.sync.models import SyncedModel

LONGEST_NAME = 40
LONGEST_URL = 2000


class ExternalScript(SyncedModel):
    """What is registered at Apidaze. `url` never has a token of ours in it, only the fingerprint.

    `secret_url` is our own address in full, encrypted. `previous_url` is what was registered before ours. A test is
    asked for with `test_call`, the parameters of an imitated call; `test_answer` is the XML that Apidaze got, masked.
    """

    SYNCED_FIELDS = ("name", "url")
    ENGINE_FIELDS = SyncedModel.ENGINE_FIELDS | {"test_answer", "tested_at"}

    name = models.CharField(_("name"), max_length=255, blank=True)
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    secret_url = EncryptedTextField(blank=True, editable=False)
    previous_url = models.CharField(_("address before"), max_length=LONGEST_URL, blank=True, editable=False)
    test_call = models.JSONField(default=dict, editable=False)
    test_answer = models.TextField(blank=True, editable=False)
    tested_at = models.DateTimeField(_("tested"), null=True, blank=True, editable=False)

    history = HistoricalRecords(
        related_name="changes", excluded_fields=["connection", "secret_url", "test_call", *sorted(ENGINE_FIELDS)]
    )

    class Meta:
        verbose_name = _("external script")
        verbose_name_plural = _("external scripts")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["connection", "remote_id"], name="externalscript_by_remote_id"),
        ]
        permissions = [
            ("pull_externalscript", gettext_noop("Can compare external scripts with Apidaze's and import new ones")),
            ("register_externalscript", gettext_noop("Can choose whether VoiceHub answers calls")),
        ]

    def __str__(self) -> str:
        return self.name or self.url

    def get_absolute_url(self) -> str:
        return reverse("admin:telephony_externalscript_change", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Before ours replaces an address, whoever changed it last at Apidaze, that is kept for the way back."""
        there = self.agreed_values.get("url", "")
        if self.is_ours and there and not is_masked(there):
            self.previous_url = there
        super().save(*args, **kwargs)

    @property
    def is_ours(self) -> bool:
        """Whether it leads to the address at which we answer now."""
        return bool(self.secret_url) and self.url == masked(self.secret_url)

    @property
    def address(self) -> str:
        """The address in clear; empty when its token is not known here."""
        if self.is_ours:
            return self.secret_url
        return "" if is_masked(self.url) else self.url

    def point_at(self, address: str) -> None:
        """Have our own address (in clear) registered; one of somebody else's is kept for the way back."""
        if self.url and not is_masked(self.url):
            self.previous_url = self.url
        self.url, self.secret_url = masked(address), address

    def point_back(self) -> None:
        self.url, self.previous_url = self.previous_url, ""
