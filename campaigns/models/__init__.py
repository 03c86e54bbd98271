from campaigns.models.batch import Attempt, Batch
from campaigns.models.campaign import Campaign, KeyRule, Prompt
from campaigns.models.inbound import InboundPost, InboundRecording
from campaigns.models.menu import Menu
from campaigns.models.recipient import HourlyTally, Recipient, Tally
from campaigns.models.sound_file import SoundFile

__all__ = [
    "Attempt",
    "Batch",
    "Campaign",
    "HourlyTally",
    "InboundPost",
    "InboundRecording",
    "KeyRule",
    "Menu",
    "Prompt",
    "Recipient",
    "SoundFile",
    "Tally",
]
