"""What VoiceShot knows, and how its server answers where the documents leave it open."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """How a call ends: status and words of a summary."""

    PERSON = "person", _("a person answers")
    MACHINE = "machine", _("a machine answers")
    BUSY = "busy", _("busy")
    NO_ANSWER = "no-answer", _("no answer")
    INTERCEPT = "intercept", _("the operator intercepts")


# By the last digit of the number.
OUTCOMES = [
    *[Outcome.PERSON] * 5,
    *[Outcome.MACHINE] * 2,
    Outcome.BUSY,
    Outcome.NO_ANSWER,
    Outcome.INTERCEPT,
]


def usual_outcomes() -> list[str]:
    return [str(outcome) for outcome in OUTCOMES]


def no_keys() -> list[str]:
    return [""] * 10


def check_outcomes(value: Any) -> None:
    if not _is_ten_texts(value) or not set(value) <= set(Outcome):
        raise ValidationError(_("Ten of these words are wanted: %s.") % ", ".join(Outcome))


def check_keys(value: Any) -> None:
    if not _is_ten_texts(value):
        raise ValidationError(_("Ten texts are wanted, empty for no key."))


def _is_ten_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 10 and all(isinstance(one, str) for one in value)


class VoiceShotAccount(models.Model):
    """The only account: who may post, what its dialler does, and where results go."""

    class TextAttribute(models.TextChoices):
        COMMENT = "comment", "comment"
        LASTERROR = "lasterror", "lasterror"

    class NumberAttribute(models.TextChoices):
        NUMBER = "number", "number"
        PHONENUMBER = "phonenumber", "phonenumber"

    is_ip_registered = models.BooleanField(_("the sender's address is registered"), default=True)
    is_trial_over = models.BooleanField(_("the free trial is over"), default=False)
    demands_caller_id = models.BooleanField(
        _("demands a caller id"), default=False, help_text=_("Off: calls without one show the menu's own.")
    )
    text_attribute = models.CharField(
        _("queries tell the reason as"), max_length=12, choices=TextAttribute.choices, default=TextAttribute.LASTERROR
    )
    number_attribute = models.CharField(
        _("queries tell the number as"),
        max_length=12,
        choices=NumberAttribute.choices,
        default=NumberAttribute.NUMBER,
    )
    results_url = models.TextField(_("results go to"), blank=True)
    results_user = models.CharField(_("user there"), max_length=64, blank=True)
    results_password = models.CharField(_("password there"), max_length=64, blank=True)
    calls_a_second = models.FloatField(
        _("calls a second"),
        default=0,
        validators=(MinValueValidator(0), MaxValueValidator(1000)),
        help_text=_("0: the dialler rests until it is told to dial."),
    )
    dials_at_once = models.BooleanField(
        _("dials before it answers"),
        default=False,
        help_text=_("Calls are over, and their results posted, before the post that sends them is answered."),
    )
    outcomes = models.JSONField(
        _("how calls end"),
        default=usual_outcomes,
        validators=(check_outcomes,),
        help_text=_("Ten words, by the last digit of the number, 0 to 9."),
    )
    keys = models.JSONField(
        _("keys that people press"),
        default=no_keys,
        validators=(check_keys,),
        help_text=_("Ten texts, by the last digit of the number, 0 to 9; “1 17” presses 1, later 17."),
    )
    clock = models.DateTimeField(
        _("its clock says"), null=True, blank=True, help_text=_("Empty: the real time. Else it stands still.")
    )

    class Meta:
        verbose_name = _("VoiceShot account")
        verbose_name_plural = _("VoiceShot accounts")

    def __str__(self) -> str:
        return "VoiceShot"

    def now(self) -> datetime:
        return self.clock or timezone.now()


class VoiceShotMenu(models.Model):
    """A campaign as it is drawn on the site."""

    menuid = models.CharField(_("menuid"), max_length=20, unique=True)
    caller_id = models.CharField(_("caller id"), max_length=10)
    is_paused = models.BooleanField(_("paused"), default=False)

    class Meta:
        verbose_name = _("VoiceShot menu")
        verbose_name_plural = _("VoiceShot menus")

    def __str__(self) -> str:
        return self.menuid


class VoiceShotFile(models.Model):
    filename = models.CharField(_("file name"), max_length=255, unique=True)
    size = models.PositiveIntegerField(_("bytes"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("VoiceShot sound file")
        verbose_name_plural = _("VoiceShot sound files")

    def __str__(self) -> str:
        return self.filename


class VoiceShotPhone(models.Model):
    """A telephone that does something else than its last digit says."""

    number = models.CharField(_("number"), max_length=10, unique=True)
    outcome = models.CharField(_("how calls end"), max_length=12, choices=Outcome.choices, default=Outcome.PERSON)
    keys = models.CharField(_("keys pressed"), max_length=200, blank=True, help_text=_("“1 17” presses 1, later 17."))

    class Meta:
        verbose_name = _("VoiceShot telephone")
        verbose_name_plural = _("VoiceShot telephones")

    def __str__(self) -> str:
        return self.number


class VoiceShotCall(models.Model):
    """A call or text. Nothing keeps a callid from being there twice: a second post makes a second call.

    `keys` are objects with promptid and keypress; `commands` tell what each event was answered with.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        DIALLING = "dialling", _("dialling")
        OVER = "over", _("over")

    class Summary(models.TextChoices):
        """What has become of the summary of a call that is over."""

        NONE = "", _("not posted")
        LATE = "late", _("to be posted late")
        TAKEN = "taken", _("taken")
        LOST = "lost", _("lost")

    menu = models.ForeignKey(VoiceShotMenu, models.CASCADE, verbose_name=_("menu"))
    callid = models.CharField(_("callid"), max_length=50, blank=True, db_index=True)
    number = models.CharField(_("number"), max_length=10)
    caller_id = models.CharField(_("caller id"), max_length=10, blank=True)
    prompts = models.JSONField(_("prompts"), default=list)
    due_at = models.DateTimeField(_("not before"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    keys = models.JSONField(_("keys pressed"), default=list)
    commands = models.JSONField(_("answers to events"), default=list)
    summary = models.CharField(_("summary"), max_length=5, choices=Summary.choices, blank=True)
    duration = models.PositiveIntegerField(_("seconds"), null=True, blank=True)
    queued_at = models.DateTimeField(_("queued"))
    dialled_at = models.DateTimeField(_("dialled"), null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("state", "id"), name="sandbox_voiceshot_waiting"),
            models.Index(fields=("id",), name="sandbox_voiceshot_late", condition=models.Q(summary="late")),
        )
        verbose_name = _("VoiceShot call")
        verbose_name_plural = _("VoiceShot calls")

    def __str__(self) -> str:
        return f"{self.number}, {self.callid}"

    @property
    def is_text(self) -> bool:
        return any("txt" in prompt for prompt in self.prompts)
