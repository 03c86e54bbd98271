"""Lists whose columns are chosen, and which begin as the person wishes."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.views.main import ERROR_FLAG
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from voicehub.sync.list_address import CHOICE_VAR, SELECTING, VIEW_VAR, choose
from voicehub.sync.signals import list_opened


class ChosenColumns(ModelAdmin):
    """A list that begins as the person wishes, shows the columns that are chosen, and survives an address of old."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if CHOICE_VAR in request.GET:
            chosen = choose(request.GET, self._columns(request), request.GET.getlist(CHOICE_VAR))
            return redirect(f"{request.path}?{chosen.urlencode()}")
        if not request.GET and (address := self._beginning(request)):
            return redirect(f"{request.path}?{address}")
        if ERROR_FLAG in request.GET and request.method == "GET":
            words = _(
                "This address, or the saved view, asks for something that the list does not have. All is shown."
            )
            self.message_user(request, words, messages.WARNING)
        try:
            return super().changelist_view(request, extra_context)
        except DisallowedModelAdminLookup:
            if VIEW_VAR not in request.GET:
                raise
            return redirect(f"{request.path}?{ERROR_FLAG}=1")

    def _columns(self, request: HttpRequest) -> list[str]:
        boxes = [SELECTING] if self.get_actions(request) else []
        return [*boxes, *(str(name) for name in self.get_list_display(request))]

    def _beginning(self, request: HttpRequest) -> str:
        answers = list_opened.send(sender=self.model, request=request) if request.method == "GET" else []
        return next((address for _receiver, address in answers if address), "")
