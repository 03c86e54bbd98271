"""The prompts of a campaign, on its page: changed as long as it is a draft."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline

from campaigns.forms.prompts import PromptForm, PromptFormSet
from campaigns.models import Campaign, Prompt


class PartOfDraft:
    """Whoever may change a campaign may change this part of it, while it is a draft; others see it with the rest."""

    def has_view_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return request.user.has_perm("campaigns.view_campaign")

    def has_add_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return request.user.has_perm("campaigns.add_campaign") if obj is None else self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return self._may_change(request, obj)

    def _may_change(self, request: HttpRequest, obj: Campaign | None) -> bool:
        is_draft = obj is None or obj.state == Campaign.State.DRAFT
        return is_draft and request.user.has_perm("campaigns.change_campaign")


class PromptInline(PartOfDraft, StackedInline):
    model = Prompt
    form = PromptForm
    formset = PromptFormSet
    verbose_name_plural = gettext_lazy("What is said")
    fields = ("promptid", "text", "sound_file", "machine_text", "transfer_to")
    readonly_fields = ("former_file",)
    autocomplete_fields = ("sound_file",)

    def get_extra(self, request: HttpRequest, obj: Campaign | None = None, **kwargs: Any) -> int:
        return 0 if obj and obj.prompts.exists() else 1

    def get_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        has_former = obj is not None and obj.prompts.exclude(former_file="").exists()
        return (*self.fields, "former_file") if has_former else self.fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("sound_file")
