"""Menus hold and release their calls."""

from typing import Any

from campaigns.models import Menu


def hold_menu(menu: Menu, *, is_paused: bool, user: Any = None) -> None:
    """Have the menu hold or release its calls."""
    if menu.is_paused != is_paused:
        menu.is_paused = is_paused
        menu.save(user=user, update_fields=["is_paused"])
