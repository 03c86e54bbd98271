"""What Voitex knows, and how its server answers where the documents leave it open."""

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class VoitexAccount(models.Model):
    key = models.TextField(_("key"))
    errors_as_4xx = models.BooleanField(_("errors come with status 400"), default=False)
    sms_as_object = models.BooleanField(
        _("texts are answered with valid JSON"),
        default=False,
        help_text=_("Off: with the broken text of the document."),
    )
    trigger_seconds = models.FloatField(_("seconds that a Trigger may take"), default=5)

    class Meta:
        verbose_name = _("Voitex account")
        verbose_name_plural = _("Voitex accounts")

    def __str__(self) -> str:
        return "Voitex"


class VoitexHotline(models.Model):
    """A number of the account. Its Trigger branches ask at `trigger_url`."""

    did = models.CharField(_("number"), max_length=10, unique=True)
    takes_sms = models.BooleanField(_("sends texts"), default=False)
    did_type = models.CharField(_("type"), max_length=2, choices=[("TN", "TN"), ("TF", "TF")], default="TN")
    branches = models.JSONField(_("branches"), default=dict, help_text=_("What each branch does, by its number."))
    trigger_url = models.TextField(_("Trigger address"), blank=True)

    class Meta:
        verbose_name = _("Voitex hotline")
        verbose_name_plural = _("Voitex hotlines")

    def __str__(self) -> str:
        return self.did


class VoitexAlbum(models.Model):
    number = models.CharField(_("number"), max_length=10, unique=True)

    class Meta:
        verbose_name = _("Voitex album")
        verbose_name_plural = _("Voitex albums")

    def __str__(self) -> str:
        return self.number


class VoitexRecording(models.Model):
    """A recording by album and sort number. Of a text to speech there are its words, of a file size and SHA-256."""

    recording_id = models.CharField(_("id"), max_length=20, unique=True)
    album = models.ForeignKey(VoitexAlbum, models.CASCADE, verbose_name=_("album"))
    sort = models.PositiveIntegerField(_("sort number"))
    display_name = models.CharField(_("name"), max_length=255, blank=True)
    text = models.TextField(_("text"), blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        constraints = (models.UniqueConstraint(fields=("album", "sort"), name="sandbox_voitex_slot"),)
        verbose_name = _("Voitex recording")
        verbose_name_plural = _("Voitex recordings")

    def __str__(self) -> str:
        return f"{self.album}/{self.sort}"


class VoitexCall(models.Model):
    """A notification call that was placed."""

    cid = models.CharField(_("from"), max_length=10)
    to = models.CharField(_("to"), max_length=10)
    route_number = models.CharField(_("hotline"), max_length=10)
    branch_number = models.CharField(_("branch"), max_length=10)
    reference_id = models.CharField(_("reference"), max_length=20)
    placed_at = models.DateTimeField(_("placed"))

    class Meta:
        verbose_name = _("Voitex call")
        verbose_name_plural = _("Voitex calls")

    def __str__(self) -> str:
        return f"{self.to}, {self.reference_id}"


class VoitexSms(models.Model):
    sender = models.CharField(_("from"), max_length=10)
    to = models.CharField(_("to"), max_length=10)
    body = models.TextField(_("text"))
    reference_id = models.CharField(_("reference"), max_length=20)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("Voitex text")
        verbose_name_plural = _("Voitex texts")

    def __str__(self) -> str:
        return f"{self.to}, {self.reference_id}"


class VoitexContact(models.Model):
    """`phones` are objects with phone and type, `labels` numbers; `fields` holds everything else."""

    phones = models.JSONField(_("numbers"), default=list)
    fields = models.JSONField(_("fields"), default=dict)
    labels = models.JSONField(_("labels"), default=list)

    class Meta:
        verbose_name = _("Voitex contact")
        verbose_name_plural = _("Voitex contacts")

    def __str__(self) -> str:
        return ", ".join(one["phone"] for one in self.phones)


class VoitexTriggerCall(models.Model):
    """A call that the sandbox made up: who called, and each time that a Trigger branch asked."""

    at = models.DateTimeField(_("time"), editable=False)
    did = models.CharField(_("number called"), max_length=10)
    cid = models.CharField(_("caller"), max_length=20)
    call_id = models.CharField(_("id of the call"), max_length=64)
    ending = models.CharField(_("end"), max_length=200)
    turns = models.JSONField(_("turns"), default=list)

    class Meta:
        verbose_name = _("Voitex hotline call")
        verbose_name_plural = _("Voitex hotline calls")

    def __str__(self) -> str:
        return f"{self.cid}, {self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def story(self) -> list[dict[str, Any]]:
        """The turns, each with the JSON that was sent."""
        return [turn | {"sent": json.dumps(turn["sent"], indent=2)} for turn in self.turns]
