"""The admin's pages about campaigns."""

from campaigns.admin import sound_files

__all__ = ["sound_files"]
