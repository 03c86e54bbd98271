from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class SetUpTick(models.Model):
    """A step of the set-up checklist that a person has ticked; which ones there are stands in the code."""

    step = models.CharField(_("step"), max_length=40, primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("ticked step of the set-up")
        verbose_name_plural = _("ticked steps of the set-up")
        default_permissions = ()
        permissions = [("set_up", gettext_noop("Can see the set-up pages, test providers and tick what is done"))]

    def __str__(self) -> str:
        return self.step
