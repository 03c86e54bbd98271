from campaigns.admin import campaign, menu, sound_files, states

__all__ = ["campaign", "menu", "sound_files", "states"]
