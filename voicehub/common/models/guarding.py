"""What keeps typing safe: drafts of forms, and which press of a button came first."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from voicehub.sync.fields import EncryptedTextField


class Draft(models.Model):
    """What a person has typed into one form and not saved; `place` is the address of its page.

    `body` is a JSON object of names and lists of values, without secrets. `is_unsent` where it was sent and could not
    be saved, because the person was signed out by then.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.CharField(max_length=500)
    body = EncryptedTextField()
    is_unsent = models.BooleanField(default=False)
    saved_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="one_draft_a_form")]

    def __str__(self) -> str:
        return self.place


class Press(models.Model):
    """The first press of a button that makes something; `led_to` is where it led, empty until it is answered."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.UUIDField()
    led_to = models.CharField(max_length=2000, blank=True)
    pressed_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("press of a button")
        verbose_name_plural = _("presses of buttons")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_press_a_form")]

    def __str__(self) -> str:
        return str(self.key)
