from campaigns.forms.campaign import CampaignForm, TrialForm
from campaigns.forms.menu import MenuForm

__all__ = ["CampaignForm", "MenuForm", "TrialForm"]
