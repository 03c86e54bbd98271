from campaigns.admin import batch, campaign, inbound, menu, recipient, sound_files, states

__all__ = ["batch", "campaign", "inbound", "menu", "recipient", "sound_files", "states"]
