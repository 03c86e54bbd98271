from campaigns.admin import campaign, menu, states

__all__ = ["campaign", "menu", "states"]
