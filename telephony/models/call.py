"""Calls: what the log of script loads tells of them. Apidaze has no other list."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar
from urllib.parse import parse_qsl

from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from telephony.script_address import KIND
from voicehub.common.hooks.models import HookRequest


class CallQuerySet(models.QuerySet):
    def newest_of_each(self) -> "CallQuerySet":
        """The last load of each call: no row is read beyond those that are looked at."""
        later = HookRequest.objects.filter(
            kind=KIND, subject=OuterRef("subject"), received_at__gt=OuterRef("received_at")
        )
        return self.filter(~Exists(later))


class CallManager(models.Manager.from_queryset(CallQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> CallQuerySet:
        queryset: CallQuerySet = super().get_queryset()
        return queryset.filter(kind=KIND).exclude(subject="")


class Call(HookRequest):
    """One load of a call, and by its session the call that it belongs to. Values are as Apidaze sent them."""

    objects: ClassVar[CallManager] = CallManager()

    class Meta:
        proxy = True
        verbose_name = _("call to a script")
        verbose_name_plural = _("calls to scripts")
        default_permissions = ("view",)
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("admin:telephony_call_change", args=[self.pk])

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True, errors="replace"))

    @property
    def is_last(self) -> bool:
        return self.parameters.get("exiting", "").strip().lower() == "true"

    def loads(self) -> "models.QuerySet[Call]":
        """All loads of the call, the oldest first."""
        return Call.objects.filter(subject=self.subject).order_by("received_at", "id")
