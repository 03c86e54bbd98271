"""What belongs to a campaign, below its form: what keys do."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import StackedInline

from campaigns.forms.keys import KeyRuleForm
from campaigns.models import Campaign, KeyRule


class PartInline(StackedInline):
    """A part of a campaign: whoever may change a campaign changes it, as long as that is a draft."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("campaigns.view_campaign")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_draft = obj is None or obj.state == Campaign.State.DRAFT
        return is_draft and request.user.has_perm("campaigns.change_campaign")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_new = obj is None and request.user.has_perm("campaigns.add_campaign")
        return is_new or self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class KeyRuleInline(PartInline):
    model = KeyRule
    form = KeyRuleForm
    verbose_name = pgettext_lazy("of a telephone", "key")
    verbose_name_plural = _("What keys do")
    fields = (
        ("promptid", "keys", "action"),
        ("goto", "sound_file", "transfer_to", "digits"),
        "text",
    )
