"""What is drawn on VoiceShot's site and cannot be listed: staff type its number."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from voicehub.sync.models import SyncedModel

like_a_menuid = RegexValidator(r"^\d{1,9}-\d{1,12}$", _("A menuid looks like 1-1234: it stands on VoiceShot's site."))


class Menu(SyncedModel):
    """A call flow at VoiceShot, which bears up to one live campaign.

    In step: VoiceShot has answered for its menuid, and has been told last what `is_paused` says. Pausing holds
    every waiting call of the menuid, whoever has posted it. `caller_id` is E.164, authorised on VoiceShot's site.
    """

    SYNCED_FIELDS = ("is_paused",)

    menuid = models.CharField(
        _("menuid"), max_length=22, validators=[like_a_menuid], help_text=_("From VoiceShot's site, as in 1-1234.")
    )
    name = models.CharField(_("name"), max_length=80)
    caller_id = models.CharField(
        _("caller id"), max_length=16, help_text=_("The number that is shown; it has to be authorised at VoiceShot.")
    )
    is_paused = models.BooleanField(_("paused"), default=False)
    note = models.TextField(_("notes"), blank=True, help_text=_("Which prompts it has, and what its keys do."))

    history = HistoricalRecords(excluded_fields=[*SyncedModel.ENGINE_FIELDS])

    class Meta:
        verbose_name = _("menu")
        verbose_name_plural = _("menus")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["connection", "menuid"], name="menu_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.menuid})"

    def get_absolute_url(self) -> str:
        return reverse("admin:campaigns_menu_change", args=[self.pk])

    @property
    def push_passes_stop(self) -> bool:
        """Holding calls back is always allowed."""
        return self.is_paused
