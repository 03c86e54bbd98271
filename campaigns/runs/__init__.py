"""What can be done with campaigns many lines at a time; found by `voicehub.common.runs` at start-up."""

from campaigns.runs.menus import MenusFromFile
from campaigns.runs.recipients import RecipientsFromFile
from voicehub.common.runs import register

__all__ = ["MenusFromFile", "RecipientsFromFile"]

register(MenusFromFile())
register(RecipientsFromFile())
