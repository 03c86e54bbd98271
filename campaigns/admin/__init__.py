from campaigns.admin import campaign, inbound, menu, states

__all__ = ["campaign", "inbound", "menu", "states"]
