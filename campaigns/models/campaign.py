"""A campaign: who is called, when, with which words, and what keys do."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from campaigns.models.menu import Menu
from campaigns.models.sound_file import SoundFile

EVERY_DAY = "1234567"
WORKING_DAYS = "12345"
some_digits = RegexValidator(r"^\d{1,5}$", _("The number of the prompt on VoiceShot's site: digits alone."))
some_keys = RegexValidator(r"^[0-9*#]{1,20}$", _("Digits, * and #."))


class Campaign(models.Model):
    """Calls to many numbers by way of one menu.

    It calls on the `days` (digits, Monday is 1) between `opens` and `closes` by the clock of each number; `time_zone`
    counts where that is not known, and `starts_at` (UTC) is the earliest time of all. At most `pace` calls a minute
    are posted (none: as many as VoiceShot works off). A busy or unanswered number is called up to `tries` times,
    `retry_minutes` apart. `wake_at` is when it is to be looked at next; `trouble` is why it was paused by itself.
    `caller_id` is E.164; empty: the menu's.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        STOPPING = "stopping", _("Stopping")
        STOPPED = "stopped", _("Stopped")
        FINISHED = "finished", _("Finished")

    LIVE: ClassVar[tuple[str, ...]] = (State.RUNNING, State.PAUSED, State.STOPPING)
    OVER: ClassVar[tuple[str, ...]] = (State.STOPPED, State.FINISHED)

    connection = models.ForeignKey(
        "sync.Connection", models.PROTECT, editable=False, verbose_name=_("VoiceShot account")
    )
    name = models.CharField(_("name"), max_length=120)
    menu = models.ForeignKey(Menu, models.PROTECT, related_name="campaigns", verbose_name=_("menu"))
    caller_id = models.CharField(
        _("caller id"), max_length=16, blank=True, help_text=_("Empty: the menu's. It has to be authorised.")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT, editable=False)
    starts_at = models.DateTimeField(_("not before"), null=True, blank=True)
    days = models.CharField(_("days"), max_length=7, default=WORKING_DAYS)
    opens = models.TimeField(_("from"), default=time(9))
    closes = models.TimeField(_("until"), default=time(17))
    time_zone = models.CharField(_("time zone where a number's is not known"), max_length=64, blank=True)
    pace = models.PositiveIntegerField(
        _("calls a minute at most"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    tries = models.PositiveSmallIntegerField(
        _("tries for busy and no answer"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    retry_minutes = models.PositiveIntegerField(
        _("minutes between tries"), default=60, validators=[MinValueValidator(5), MaxValueValidator(10_080)]
    )
    opt_out_key = models.CharField(_("key for no more calls"), max_length=1, blank=True, validators=[some_keys])
    again_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="again",
        verbose_name=_("calls again those of"),
    )
    trouble = models.TextField(_("why it was paused"), blank=True, editable=False)
    wake_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("made by")
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("started by"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["wake_at", "trouble"])

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["menu"],
                condition=Q(state__in=["running", "paused", "stopping"]),
                name="one_live_campaign_a_menu",
            ),
            models.CheckConstraint(condition=Q(opens__lt=models.F("closes")), name="campaign_opens_before_it_closes"),
        ]
        indexes = [models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="campaign_to_wake")]
        permissions = [
            ("run_campaign", gettext_noop("Can start, pause and stop campaigns")),
            ("settle_campaign", gettext_noop("Can settle uncertain posts of campaigns")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("admin:campaigns_campaign_change", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def shown_caller_id(self) -> str:
        """The caller id (E.164) that its calls show."""
        return self.caller_id or self.menu.caller_id


class Prompt(models.Model):
    """What a prompt of the menu says or plays: `text`, in which {name} stands for a recipient's variable, or a file.

    The name of a file that was deleted since is in `former_file`.

    `machine_text` is said to answering machines; `transfer_to` (E.164) is called for who presses the menu's key.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="prompts")
    promptid = models.CharField(_("prompt"), max_length=5, default="1", validators=[some_digits])
    text = models.TextField(_("words"), blank=True, max_length=4000)
    sound_file = models.ForeignKey(
        SoundFile, models.SET_NULL, null=True, blank=True, related_name="prompts", verbose_name=_("or sound file")
    )
    former_file = models.CharField(_("deleted sound file"), max_length=64, blank=True, editable=False)
    machine_text = models.TextField(_("words for answering machines"), blank=True, max_length=4000)
    transfer_to = models.CharField(_("number to be connected with"), max_length=16, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "promptid"], name="prompt_once_a_campaign")]

    def __str__(self) -> str:
        return self.promptid

    def get_inline_title(self) -> str:
        return gettext("Prompt %(number)s") % {"number": self.promptid}

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.sound_file_id or self.machine_text or self.transfer_to)


class KeyRule(models.Model):
    """What happens when `keys` are pressed at a prompt (empty: at any). `target` is what the action needs:
    a promptid, a number (E.164), words, or digits.
    """

    class Action(models.TextChoices):
        GO_TO = "goto", _("Go to a prompt")
        PLAY = "play", _("Play a sound file")
        SPEAK = "speak", _("Say something")
        TRANSFER = "transfer", _("Connect with a number")
        DIGITS = "digits", _("Send digits")
        NONE = "none", _("Go on as the menu does")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="key_rules")
    promptid = models.CharField(_("at prompt"), max_length=5, blank=True, validators=[some_digits])
    keys = models.CharField(_("keys"), max_length=20, validators=[some_keys])
    action = models.CharField(_("then"), max_length=8, choices=Action.choices, default=Action.GO_TO)
    goto = models.CharField(_("prompt"), max_length=5, blank=True, validators=[some_digits])
    text = models.TextField(_("words"), blank=True, max_length=4000)
    sound_file = models.ForeignKey(
        SoundFile, models.SET_NULL, null=True, blank=True, related_name="key_rules", verbose_name=_("sound file")
    )
    former_file = models.CharField(_("deleted sound file"), max_length=64, blank=True, editable=False)
    transfer_to = models.CharField(_("number"), max_length=16, blank=True)
    digits = models.CharField(_("digits"), max_length=20, blank=True, validators=[some_keys])

    history = HistoricalRecords()

    class Meta:
        verbose_name = pgettext_lazy("of a telephone", "key")
        verbose_name_plural = _("keys")
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "promptid", "keys"], name="key_rule_once")]

    def __str__(self) -> str:
        return self.keys
