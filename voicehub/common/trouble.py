"""Telling those who can help when a provider or an account stops working."""

from typing import Any

from django.urls import reverse

from voicehub.common.models import Notice
from voicehub.common.notices import notify

HELPERS = "sync.connect_account"


def tell_helpers(sender: Any, subject: Any, text: str, **kwargs: Any) -> None:
    """Receives `voicehub.sync.signals.trouble_found`; trouble of somebody's own account is theirs to mend."""
    notify(
        getattr(subject, "owner", None) or HELPERS,
        f"{subject}: {text}",
        level=Notice.Level.ERROR,
        is_urgent=True,
        link=reverse("admin:sync_lane_changelist"),
        cause=f"trouble.{subject._meta.label_lower} {subject.pk}",
    )
