from campaigns.admin import batch, campaign, menu, recipient, states

__all__ = ["batch", "campaign", "menu", "recipient", "states"]
