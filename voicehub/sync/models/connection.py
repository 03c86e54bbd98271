from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from voicehub.sync.fields import EncryptedTextField


class Connection(models.Model):
    """An account at a provider's address. Every job, token and remote id belongs to exactly one.

    What was queued for one connection is never sent through another: `base_url` must be the address that
    the settings name at the time of sending. With an `owner` it is that person's own account; without one it is
    the installation's.
    """

    provider = models.CharField(_("provider"), max_length=32)
    base_url = models.CharField(_("address"), max_length=255)
    account = models.CharField(_("account"), max_length=255, blank=True)
    name = models.CharField(_("name at the provider"), max_length=255, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("belongs to"),
    )
    stopped_reason = models.TextField(_("why nothing goes through it"), blank=True)
    connected_at = models.DateTimeField(_("connected"), auto_now_add=True)
    disconnected_at = models.DateTimeField(_("disconnected"), null=True, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["provider", "base_url", "account"], name="connection_identity"),
        ]
        permissions = [
            ("connect_account", gettext_noop("Can connect and disconnect accounts of providers")),
            ("connect_own_account", gettext_noop("Can connect and disconnect an account of their own")),
        ]

    def __str__(self) -> str:
        return self.name or self.account or self.base_url

    @property
    def is_usable(self) -> bool:
        return self.disconnected_at is None and not self.stopped_reason


class OAuthToken(models.Model):
    """The two tokens of a connection, replaced together; `leased_until` names the one caller that may refresh.

    `got_with` is a mark of the key in the settings that a token was asked for with; empty after a person's sign-in.
    """

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="token", primary_key=True)
    access_token = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    got_with = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sign-in token")
        verbose_name_plural = _("sign-in tokens")

    def __str__(self) -> str:
        return f"token of connection {self.connection_id}"
