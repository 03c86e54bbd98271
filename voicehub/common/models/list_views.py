"""Views of lists that people keep under a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

LONGEST_NAME = 80
LONGEST_QUERY = 2000


class ListView(models.Model):
    """How somebody wants to see a list: `query` is the part of its address behind the question mark."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_views")
    model = models.CharField(_("list"), max_length=100)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    query = models.CharField(_("address"), max_length=LONGEST_QUERY, blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)

    class Meta:
        verbose_name = _("view of a list")
        verbose_name_plural = _("views of lists")
        default_permissions = ()
        permissions = [("share_listview", gettext_noop("Can share views of lists with everybody"))]
        constraints = [models.UniqueConstraint(fields=["owner", "model", "name"], name="one_view_a_name")]
        indexes = [models.Index(fields=["model"], condition=models.Q(is_shared=True), name="listview_shared")]

    def __str__(self) -> str:
        return self.name


class ListStart(models.Model):
    """The view with which a list begins for somebody."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    model = models.CharField(max_length=100)
    view = models.ForeignKey(ListView, models.CASCADE, related_name="starts")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "model"], name="one_start_a_list")]

    def __str__(self) -> str:
        return f"{self.model}: {self.view_id}"
