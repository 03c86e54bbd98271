"""Call scripts: what callers hear. They are hosted here, so that only publishing changes what Apidaze loads."""

import re
from collections.abc import Iterable
from typing import Any, NoReturn

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import connections, models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from simple_history.models import HistoricalRecords

from voicehub.common.models.audit import AppendOnlyError, AppendOnlyQuerySet

LONGEST_NAME = 40
NAME_PATTERN = rf"\A[a-z0-9][a-z0-9-]{{0,{LONGEST_NAME - 1}}}\Z"
SCRIPT_NAME = RegexValidator(
    NAME_PATTERN,
    _("Small letters, digits and hyphens, up to 40 of them, as in after-ringing."),
)


def is_script_name(text: str) -> bool:
    """Whether any script can have this name. What comes in a call or a draft may be no text for a database at all."""
    return re.fullmatch(NAME_PATTERN, text) is not None


class CallScript(models.Model):
    """A script that is written here and loaded by Apidaze once it is published.

    The draft is free to change: nobody hears it. Other scripts lead to this one by its `name`. Numbers are digits
    with the country code and without plus, as Apidaze tells them.
    """

    name = models.CharField(_("name"), max_length=LONGEST_NAME, unique=True, validators=[SCRIPT_NAME])
    draft = models.TextField(_("script"))
    draft_numbers = models.JSONField(_("called numbers"), default=list, blank=True)
    published = models.OneToOneField(
        "telephony.ScriptVersion",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="heard_in",
        verbose_name=_("published version"),
    )
    is_default = models.BooleanField(_("answers every other number"), default=False, editable=False)

    history = HistoricalRecords(related_name="changes")

    class Meta:
        verbose_name = _("call script")
        verbose_name_plural = _("call scripts")
        ordering = ["name"]
        permissions = [("publish_callscript", gettext_noop("Can publish call scripts, and choose what callers hear"))]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="callscript_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(published__isnull=False), name="callscript_default_is_published"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("admin:telephony_callscript_change", args=[self.pk])

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether callers hear something else than what stands in the draft, or nothing at all."""
        version = self.published
        return version is None or (version.text, version.numbers) != (self.draft, self.draft_numbers)


class VersionQuerySet(AppendOnlyQuerySet):
    def answering(self, number: str) -> "ScriptVersion | None":
        """What a caller of this number hears: the script of the number, else the default; one indexed query.

        `number` is digits with the country code, without plus.
        """
        return self._heard(ANSWERING, number)

    def named(self, name: str) -> "ScriptVersion | None":
        """The published version of the script that a menu or a dial leads to by its name, which may be any text."""
        return self._heard(NAMED, name) if is_script_name(name) else None

    def _heard(self, query: str, key: str) -> "ScriptVersion | None":
        """The version, with what a load needs of it; the rest is fetched when it is asked for."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(query, [key])
            row = cursor.fetchone()
        if row is None:
            return None
        version = ScriptVersion.from_db(self.db, ("id", "script_id", "number", "text"), row[:4])
        version.script = CallScript.from_db(self.db, ("id", "name"), (row[1], row[4]))
        return version


# Written out: to build these takes the ORM longer than all the rest of an answer to Apidaze.
_HEARD = """
    SELECT version.id, version.script_id, version.number, version.text, script.name
    FROM telephony_scriptversion version JOIN telephony_callscript script ON script.published_id = version.id
"""
NAMED = f"{_HEARD} WHERE script.name = %s"
ANSWERING = f"""{_HEARD} WHERE script.id = COALESCE(
    (SELECT script_id FROM telephony_callednumber WHERE number = %s),
    (SELECT id FROM telephony_callscript WHERE is_default)
)"""  # noqa: S608


class ScriptVersion(models.Model):
    """A script as it was published, with the numbers it answered. Never changed."""

    script = models.ForeignKey(CallScript, models.CASCADE, related_name="versions", verbose_name=_("script"))
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("script"))
    numbers = models.JSONField(_("called numbers"), default=list)
    published_at = models.DateTimeField(_("published at"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a call script")
        verbose_name_plural = _("versions of call scripts")
        default_permissions = ()
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["script", "number"], name="scriptversion_number")]

    def __str__(self) -> str:
        return _("%(script)s, version %(number)d") % {"script": self.script, "number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError


class CalledNumber(models.Model):
    """A number that a published script answers: digits with the country code, without plus."""

    number = models.CharField(_("called number"), max_length=15, primary_key=True)
    script = models.ForeignKey(CallScript, models.CASCADE, related_name="called_numbers", verbose_name=_("script"))

    class Meta:
        verbose_name = _("called number")
        verbose_name_plural = _("called numbers")
        default_permissions = ()
        ordering = ["number"]

    def __str__(self) -> str:
        return f"+{self.number}"


def takers(numbers: Iterable[str], *, besides: CallScript) -> dict[str, CallScript]:
    """Which of these numbers other published scripts answer; `besides` may be unsaved."""
    taken = CalledNumber.objects.filter(number__in=numbers).exclude(script=besides.pk).select_related("script")
    return {one.number: one.script for one in taken}
