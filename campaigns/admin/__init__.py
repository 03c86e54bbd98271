from campaigns.admin import batch, campaign, menu, recipient, sound_files, states

__all__ = ["batch", "campaign", "menu", "recipient", "sound_files", "states"]
