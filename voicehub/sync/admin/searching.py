"""What is searched for is cut where nobody types any further: databases refuse conditions of a thousand words."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import SEARCH_VAR, ChangeListSearchForm
from django.http import HttpRequest

LONGEST = 200


class ShortSearch(ChangeListSearchForm):
    """The search of a list."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        return cleaned | {SEARCH_VAR: cleaned.get(SEARCH_VAR, "")[:LONGEST]}


class ShortJsonView(AutocompleteJsonView):
    """The search of a box that suggests records."""

    def process_request(self, request: HttpRequest) -> tuple[Any, ...]:
        term, *others = super().process_request(request)
        return term[:LONGEST], *others
