"""What Ourvoice knows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OurvoiceAccount(models.Model):
    """An account and how its server answers: what the documents leave open can be switched."""

    class ErrorShape(models.TextChoices):
        ERRORS = "errors", _("a map of errors")
        LIST = "list", _("a list of texts")

    key = models.TextField(_("key"), unique=True)
    account_id = models.CharField(_("account id"), max_length=64)
    balance = models.IntegerField(_("balance"), default=0)
    error_shape = models.CharField(
        _("errors come as"), max_length=8, choices=ErrorShape.choices, default=ErrorShape.ERRORS
    )
    is_french = models.BooleanField(_("errors are in French"), default=False)
    lists_senders = models.BooleanField(_("lists its senders"), default=True)

    class Meta:
        verbose_name = _("Ourvoice account")
        verbose_name_plural = _("Ourvoice accounts")

    def __str__(self) -> str:
        return self.account_id


class OurvoiceSender(models.Model):
    account = models.ForeignKey(OurvoiceAccount, models.CASCADE, verbose_name=_("account"))
    sender_id = models.CharField(_("sender id"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=100)
    status = models.CharField(_("status"), max_length=20, default="active")

    class Meta:
        verbose_name = _("Ourvoice sender")
        verbose_name_plural = _("Ourvoice senders")

    def __str__(self) -> str:
        return self.name


class OurvoiceApp(models.Model):
    """An app; deleting it only sets `deleted_at`. `shown_account_id` is what answers name, as odd as the samples."""

    account = models.ForeignKey(OurvoiceAccount, models.CASCADE, verbose_name=_("account"), editable=False)
    app_id = models.CharField(_("app id"), max_length=64, unique=True, editable=False)
    shown_account_id = models.CharField(_("account id"), max_length=64, editable=False)
    name = models.CharField(_("name"), max_length=255)
    message_template = models.TextField(_("message template"))
    sender_id = models.CharField(_("sender id"), max_length=64)
    code_size = models.PositiveSmallIntegerField(_("code size"), default=6)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("updated"), editable=False)

    class Meta:
        verbose_name = _("Ourvoice app")
        verbose_name_plural = _("Ourvoice apps")

    def __str__(self) -> str:
        return self.name


class OurvoiceCode(models.Model):
    """A code that was sent."""

    app = models.ForeignKey(OurvoiceApp, models.CASCADE, verbose_name=_("app"))
    send_to = models.CharField(_("sent to"), max_length=32)
    code = models.CharField(_("code"), max_length=12)
    cost = models.PositiveIntegerField(_("cost"))
    created_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("Ourvoice code")
        verbose_name_plural = _("Ourvoice codes")

    def __str__(self) -> str:
        return f"{self.send_to}, {self.created_at:%Y-%m-%d %H:%M:%S}"
