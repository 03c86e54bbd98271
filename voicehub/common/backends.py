"""Who may sign in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class ModeBackend(ModelBackend):
    """Demo people, whose passwords everybody knows, exist in demo mode only; in live mode their sessions end too."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and (settings.VOICEHUB_DEMO or not user.is_demo)
