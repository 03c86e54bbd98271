"""SIP accounts: what a desk phone or a soft phone signs in with."""

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from simple_history.models import HistoricalRecords

from voicehub.common.prefix_index import PrefixIndex
from voicehub.sync.models import RecordState, SyncedModel

USERNAME = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._-]{1,31}\Z",
    _("2 to 32 letters, digits, dots, underscores or hyphens; the first one a letter or a digit."),
)
INTERNAL_NUMBER = RegexValidator(r"\A[0-9]{2,6}\Z", _("2 to 6 digits, as in 201."))
EXTERNAL_NUMBER = RegexValidator(
    r"\A[1-9][0-9]{7,14}\Z",
    _("8 to 15 digits that begin with the country code, as in 31201234567: without + and without a 0 in front."),
)
LONGEST_TEXT = 100
# What holds for what is typed; what Apidaze has told may be anything.
RULES: dict[str, RegexValidator | MaxLengthValidator] = {
    "username": USERNAME,
    "name": MaxLengthValidator(LONGEST_TEXT),
    "internal_caller_id_number": INTERNAL_NUMBER,
    "external_caller_id_number": EXTERNAL_NUMBER,
    "mwi_account": MaxLengthValidator(LONGEST_TEXT),
}


class SipAccount(SyncedModel):
    """An account at Apidaze. Its password is made there and never kept here; its username never changes.

    Numbers are digits: an extension of 2 to 6, and a full number with country code but without +.
    `renewals` counts the new passwords that were asked for. Where a new password needs a new account,
    `retired_remote_id` is the one to be deleted first, for as long as the new one has no id.
    """

    class Registration(models.TextChoices):
        """Whether a phone is signed in."""

        REGISTERED = "registered", _("Registered")
        NOT_REGISTERED = "unregistered", _("Not registered")
        UNKNOWN = "unknown", _("Not known")

    SYNCED_FIELDS = (
        "username",
        "name",
        "internal_caller_id_number",
        "external_caller_id_number",
        "mwi_account",
    )
    ENGINE_FIELDS = SyncedModel.ENGINE_FIELDS | {
        "registration",
        "checked_at",
        "asked_at",
        "domain",
        "retired_remote_id",
        "renewals",
    }

    username = models.CharField(_("username"), max_length=255)
    name = models.CharField(_("name"), max_length=255, blank=True)
    internal_caller_id_number = models.CharField(_("internal caller number"), max_length=255, blank=True)
    external_caller_id_number = models.CharField(_("external caller number"), max_length=255, blank=True)
    mwi_account = models.CharField(_("voicemail box of the lamp"), max_length=255, blank=True)

    registration = models.CharField(
        _("phone"), max_length=12, choices=Registration.choices, blank=True, editable=False
    )
    checked_at = models.DateTimeField(_("phone checked"), null=True, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    domain = models.CharField(_("domain"), max_length=255, blank=True, editable=False)
    retired_remote_id = models.CharField(_("id with the former password"), max_length=64, blank=True, editable=False)
    renewals = models.PositiveIntegerField(_("new passwords"), default=0, editable=False)

    history = HistoricalRecords(related_name="changes", excluded_fields=["connection", *sorted(ENGINE_FIELDS)])

    class Meta:
        verbose_name = _("SIP account")
        verbose_name_plural = _("SIP accounts")
        ordering = [Lower("username"), "id"]
        constraints = [
            models.UniqueConstraint(Lower("username"), "connection", name="sipaccount_username"),
        ]
        indexes = [
            models.Index(Lower("username"), "id", name="sipaccount_by_username"),
            models.Index(fields=["connection", "remote_id"], name="sipaccount_by_remote_id"),
            models.Index(fields=["sync_state", "username"], name="sipaccount_by_state"),
            models.Index(fields=["registration", "username"], name="sipaccount_by_registration"),
            models.Index(fields=["asked_at"], name="sipaccount_by_asked_at"),
            PrefixIndex(fields=["username"], name="sipaccount_by_beginning"),
            PrefixIndex(fields=["name"], name="sipaccount_by_owner"),
        ]
        permissions = [
            ("pull_sipaccount", gettext_noop("Can compare SIP accounts with Apidaze's and import new ones")),
            ("reveal_sipaccount", gettext_noop("Can see passwords of SIP accounts and make set-up links for phones")),
            ("rotate_sipaccount", gettext_noop("Can have new passwords made for SIP accounts")),
        ]

    def __str__(self) -> str:
        return self.username

    def get_absolute_url(self) -> str:
        return reverse("admin:telephony_sipaccount_change", args=[self.pk])

    @property
    def may_be_renamed(self) -> bool:
        """Apidaze has surely not made it, and turned its username down."""
        was_never_there = not self.remote_id and not self.retired_remote_id
        return self.sync_state == RecordState.REFUSED and was_never_there and not self.sent_values

    @property
    def is_being_renewed(self) -> bool:
        """Its account of the former password is deleted, or about to be, and the new one is not there yet."""
        return bool(self.retired_remote_id) and not self.remote_id

    @property
    def remote_id_to_remove(self) -> str:
        """Until something was sent that may have made another, the retired account is the only one."""
        return self.remote_id or ("" if self.sent_values else self.retired_remote_id)
