"""The pages to which two keys lead."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

register = template.Library()

# After G. Letters that mean the same in English and in French, as far as there are any.
KEYS = {
    "admin:contributors_transaction_changelist": "p",
    "admin:contributors_contributor_changelist": "c",
    "admin:contributors_transaction_approvals": "a",
    "admin:contributors_transaction_ledger": "l",
    "admin:otp_otpapp_changelist": "o",
    "admin:telephony_sipaccount_changelist": "s",
    "admin:telephony_phonenumber_changelist": "t",
    "admin:telephony_hotline_changelist": "i",
    "admin:campaigns_campaign_changelist": "v",
    "admin:sync_lane_changelist": "f",
    "admin:common_notice_changelist": "n",
    "admin:common_run_changelist": "r",
    "admin:common_user_changelist": "u",
}


@register.simple_tag
def places(navigation: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """What of the person's own menu has a key, after the first page."""
    keys = {reverse(name): key for name, key in KEYS.items()}
    items = [item for group in navigation or () for item in group["items"]]
    found = [{"key": keys[item["link"]], **item} for item in items if item["link"] in keys]
    return [{"key": "h", "link": reverse("admin:index"), "title": _("Overview")}, *found]
