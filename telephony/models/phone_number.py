"""Phone numbers as something to look at: one page tells what is known about a number."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from voicehub.common import phones


class NothingKept(models.Manager):
    """There is no table to ask."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().none()


class PhoneNumber(models.Model):
    """A number in E.164. Nothing is kept of it: this is where its page, its permissions and its audit belong."""

    number = models.CharField(_("phone number"), max_length=16, primary_key=True)

    objects = NothingKept()

    class Meta:
        managed = False
        base_manager_name = "objects"
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        default_permissions = ("view",)
        permissions = [
            ("look_up_contact", gettext_noop("Can look up contacts at Voitex")),
            ("change_contact", gettext_noop("Can create and change contacts at Voitex")),
            ("delete_contact", gettext_noop("Can delete contacts at Voitex")),
        ]

    def __str__(self) -> str:
        return phones.shown(self.number)

    def get_absolute_url(self) -> str:
        return reverse("admin:telephony_phonenumber_change", args=[self.number])
