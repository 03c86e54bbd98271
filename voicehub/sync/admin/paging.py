"""Pages of lists that may hold millions of rows."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from unfold.views import ChangeList

from voicehub.sync.admin.moments import moment_columns
from voicehub.sync.admin.searching import ShortSearch
from voicehub.sync.list_address import NO_FILTERS, SELECTING, VIEW_VAR, asked_columns, shown_columns


class CappedPaginator(Paginator):
    """Counts no further than `CAP` rows, and pages no further than it counts: beyond that people search or filter."""

    CAP = 10_000
    template_name = "admin/sync/capped_pages.html"

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.CAP)

    @property
    def is_capped(self) -> bool:
        return self._counted > self.CAP

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        # Without their order, the database may count along whichever index is shortest.
        return rows.order_by()[: self.CAP + 1].count()


class FastChangeList(ChangeList):
    """Tells the number of rows at the foot of the page, and on top as well when a filter is set.

    Times are told as times, see moments.py.
    """

    result_list: Any
    search_form_class = ShortSearch

    def __init__(
        self, request: HttpRequest, model: Any, list_display: Any, list_display_links: Any, *args: Any, **kwargs: Any
    ) -> None:
        asked = asked_columns(request.GET)
        self.all_columns = [name for name in list_display if name != SELECTING]
        self.gone_columns = [name for name in asked if name not in self.all_columns]
        self.shown_columns = shown_columns(list_display, asked)
        links = _links(self.shown_columns, list_display_links)
        super().__init__(request, model, self.shown_columns, links, *args, **kwargs)
        moments = moment_columns(self.model, self.list_display)
        for name in ("list_display", "list_display_links", "sortable_by"):
            if (columns := getattr(self, name)) is not None:
                setattr(self, name, [moments.get(column, column) for column in columns])

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        wanted = super().get_filters_params(params)
        return {name: value for name, value in wanted.items() if name not in NO_FILTERS}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Never quite empty: the list would begin anew with the person's own view."""
        query = super().get_query_string(new_params, remove)
        return f"?{VIEW_VAR}=" if query == "?" else query

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.may_add = self.model_admin.has_add_permission(request)
        self.first_step = self.model_admin.first_step(request)
        is_whole = not (self.query or self.has_active_filters)
        if is_whole or self.paginator.is_capped:
            self.full_result_count = self.result_count


def _links(shown: list[str], links: Any) -> Any:
    """Where the column that leads to the record is not shown, the first one does."""
    if links is None or set(links) & set(shown):
        return links
    return [name for name in shown if name != SELECTING][:1]
