"""The prompts of a campaign, on its page: changed as long as it is a draft."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from campaigns.admin.parts import PartInline
from campaigns.forms.prompts import PromptForm, PromptFormSet
from campaigns.models import Campaign, Prompt


class PromptInline(PartInline):
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
