from django.db import models
from django.utils.translation import gettext_lazy as _


class Gauge(models.Model):
    """A small figure that a provider tells about an account, such as its balance: the newest reading of it."""

    connection = models.ForeignKey(
        "sync.Connection", models.CASCADE, related_name="gauges", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=40)
    text = models.CharField(_("reading"), max_length=100)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("gauge")
        verbose_name_plural = _("gauges")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="one_reading_of_a_gauge")]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"
