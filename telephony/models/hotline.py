"""Hotlines of Voitex, the rules that answer their live calls, and what became of each call."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from telephony.trigger.answers import Answer
from telephony.trigger.checking import Problem, answer_problems, condition_problems, loop_problems
from telephony.trigger.conditions import ShapeError, parse_conditions
from telephony.trigger.telling import tell_answer, tell_conditions
from voicehub.common.time_zones import validate_time_zone

DID = RegexValidator(
    r"\A\+1[2-9][0-9]{9}\Z",
    _("A number of the United States or Canada: +1 and ten digits, as in +18459511000."),
)


def conditions_in_words(value: Any) -> str:
    try:
        return tell_conditions(parse_conditions(value))
    except ShapeError as error:
        return str(error)


def answer_in_words(value: Any) -> str:
    try:
        return " ".join(tell_answer(Answer.parse(value)))
    except ShapeError as error:
        return str(error)


def new_mark() -> str:
    return secrets.token_hex(8)


class Hotline(models.Model):
    """A number at Voitex whose Trigger branch asks us what to do.

    `did` is E.164. With `is_did_checked` requests that name another number get the empty answer. `default_answer` is
    what no rule matches; its JSON, as that of rules, is described in `telephony.trigger`. `rules_mark` changes with
    whatever callers may notice, so that rules which were read once are good for as long as it stays.
    """

    TOLD_AS: ClassVar = {"default_answer": answer_in_words}

    did = models.CharField(_("number"), max_length=16, unique=True, validators=[DID])
    name = models.CharField(_("name"), max_length=100)
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="America/New_York", validators=[validate_time_zone]
    )
    is_did_checked = models.BooleanField(_("only requests that name this number"), default=False)
    default_answer = models.JSONField(_("otherwise"), default=dict, blank=True)
    rules_mark = models.CharField(max_length=16, default=new_mark, editable=False)

    history = HistoricalRecords(related_name="changes", excluded_fields=["rules_mark"])

    class Meta:
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.rules_mark = new_mark()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("admin:telephony_hotline_change", args=[self.pk])

    def clean(self) -> None:
        """Raises ValidationError when the default answer cannot be given."""
        try:
            _raise({"default_answer": answer_problems(Answer.parse(self.default_answer))})
        except ShapeError as error:
            raise ValidationError({"default_answer": str(error)}) from error

    def touch(self) -> None:
        """Have the rules read anew for the next call."""
        Hotline.objects.filter(pk=self.pk).update(rules_mark=new_mark())


def _raise(problems: Mapping[str, Sequence[Problem]]) -> None:
    found = {name: [problem.text for problem in ones] for name, ones in problems.items() if ones}
    if found:
        raise ValidationError(found)


class RuleQuerySet(models.QuerySet):
    def update(self, **values: Any) -> int:
        """Many at once, such as their order; callers notice at once."""
        with transaction.atomic():
            hotlines = list(self.order_by().values_list("hotline", flat=True).distinct())
            changed = super().update(**values)
            Hotline.objects.filter(pk__in=hotlines).update(rules_mark=new_mark())
        return changed


class TriggerRule(models.Model):
    """A rule of a hotline: the first active one by `position` whose conditions all hold gives the answer.

    Both JSON shapes are described in `telephony.trigger`. Positions may have gaps.
    """

    TOLD_AS: ClassVar = {"conditions": conditions_in_words, "answer": answer_in_words}

    hotline = models.ForeignKey(Hotline, models.CASCADE, related_name="rules", verbose_name=_("hotline"))
    position = models.PositiveIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=100)
    is_active = models.BooleanField(_("in use"), default=True)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    answer = models.JSONField(_("answer"), default=dict, blank=True)

    objects = RuleQuerySet.as_manager()
    history = HistoricalRecords(related_name="changes")

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["hotline", "position", "id"]
        indexes = [models.Index(fields=["hotline", "position", "id"], name="triggerrule_in_order")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.hotline.touch()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self.hotline.touch()
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Raises ValidationError when the rule makes no sense; see `telephony.trigger.checking`."""
        try:
            conditions, answer = parse_conditions(self.conditions), Answer.parse(self.answer)
        except ShapeError as error:
            raise ValidationError(str(error)) from error
        _raise(
            {
                "conditions": condition_problems(conditions),
                "answer": [*answer_problems(answer), *loop_problems(conditions, answer)],
            }
        )


class HotlineCall(models.Model):
    """A live call as its requests told it. `caller` is E.164 where it can be read; numbers of cards are masked."""

    hotline = models.ForeignKey(Hotline, models.PROTECT, related_name="calls", verbose_name=_("hotline"))
    call_id = models.CharField(_("id of the call"), max_length=100)
    caller = models.CharField(_("caller"), max_length=40, blank=True)
    caller_name = models.CharField(_("caller's name"), max_length=100, blank=True)
    first_at = models.DateTimeField(_("began"))
    last_at = models.DateTimeField(_("last request"))

    class Meta:
        verbose_name = _("call of a hotline")
        verbose_name_plural = _("calls of hotlines")
        default_permissions = ("view",)
        ordering = ["-first_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["hotline", "call_id"], name="hotlinecall_once")]
        indexes = [
            models.Index(fields=["hotline", "caller"], name="hotlinecall_by_caller"),
            models.Index(fields=["first_at", "id"], name="hotlinecall_by_time"),
            models.Index(fields=["hotline", "first_at"], name="hotlinecall_by_day"),
            models.Index(fields=["call_id"], name="hotlinecall_by_id"),
        ]

    def __str__(self) -> str:
        return self.call_id


class HotlineStep(models.Model):
    """One request of a call and its answer; one that came twice is one step.

    `request` is `telephony.trigger.record.request_as_json`, `answer` what went out; both are masked. The rule of
    `rule_key` may be gone; `rule_name` is empty where none matched. Those that `has_failed` were answered with
    nothing, by our own fault.
    """

    call = models.ForeignKey(HotlineCall, models.CASCADE, related_name="steps", verbose_name=_("call"))
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(_("at"))
    request = models.JSONField(_("request"))
    answer = models.JSONField(_("answer"))
    rule_key = models.BigIntegerField(null=True)
    rule_name = models.CharField(_("rule"), max_length=100, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    has_failed = models.BooleanField(_("our own fault"), default=False)

    class Meta:
        verbose_name = _("step of a call")
        verbose_name_plural = _("steps of calls")
        default_permissions = ()
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["call", "mark"], name="hotlinestep_once")]

    def __str__(self) -> str:
        return f"{self.call} {self.at:%H:%M:%S}"
