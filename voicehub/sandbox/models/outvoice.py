"""What OutVoice knows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutVoiceClient(models.Model):
    """A program that may ask for tokens."""

    client_id = models.CharField(_("client id"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("OutVoice client")
        verbose_name_plural = _("OutVoice clients")

    def __str__(self) -> str:
        return self.client_id


class OutVoiceUser(models.Model):
    """An account; its password is plain, since nothing here is worth protecting."""

    email = models.EmailField(_("e-mail"), unique=True)
    password = models.CharField(_("password"), max_length=128)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("OutVoice user")
        verbose_name_plural = _("OutVoice users")

    def __str__(self) -> str:
        return self.name


class OutVoiceTokenPair(models.Model):
    user = models.ForeignKey(OutVoiceUser, models.CASCADE, verbose_name=_("user"))
    client = models.ForeignKey(OutVoiceClient, models.CASCADE, verbose_name=_("client"))
    access_token = models.TextField(_("access token"), unique=True)
    refresh_token = models.TextField(_("refresh token"), unique=True)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("access token expires"))
    refresh_expires_at = models.DateTimeField(_("refresh token expires"))
    is_revoked = models.BooleanField(_("revoked"), default=False)

    class Meta:
        verbose_name = _("OutVoice token pair")
        verbose_name_plural = _("OutVoice token pairs")

    def __str__(self) -> str:
        return f"{self.user_id}, {self.issued_at:%Y-%m-%d %H:%M:%S}"


class OutVoicePayee(models.Model):
    user = models.ForeignKey(OutVoiceUser, models.CASCADE, null=True, verbose_name=_("account"))
    payee_id = models.CharField(_("id at OutVoice"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Only active payees are listed and can be paid.")
    )

    class Meta:
        verbose_name = _("OutVoice payee")
        verbose_name_plural = _("OutVoice payees")
        constraints = [models.UniqueConstraint(fields=["user", "payee_id"], name="outvoice_payee_identity")]

    def __str__(self) -> str:
        return self.name


class OutVoicePayment(models.Model):
    """One accepted row of a transaction: a line of the ledger. The same row sent twice stands here twice."""

    user = models.ForeignKey(OutVoiceUser, models.CASCADE, null=True, verbose_name=_("account"))
    booked_at = models.DateTimeField(_("booked"))
    freelancer = models.CharField(_("id at OutVoice"), max_length=64)
    name = models.CharField(_("payee"), max_length=200)
    cents = models.PositiveBigIntegerField(_("cents"))
    currency = models.CharField(_("currency"), max_length=3)
    url = models.TextField(_("address of the work"))
    title = models.TextField(_("title of the work"))
    body = models.TextField(_("request as received"))

    class Meta:
        verbose_name = _("OutVoice payment")
        verbose_name_plural = _("OutVoice ledger")

    def __str__(self) -> str:
        return f"{self.name}, {self.cents}"
