"""Pages of lists that may hold millions of rows."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from unfold.views import ChangeList

from voicehub.sync.admin.moments import moment_columns


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moments = moment_columns(self.model, self.list_display)
        for name in ("list_display", "list_display_links", "sortable_by"):
            setattr(self, name, [moments.get(column, column) for column in getattr(self, name) or ()])

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.may_add = self.model_admin.has_add_permission(request)
        self.first_step = self.model_admin.first_step(request)
        is_whole = not (self.query or self.has_active_filters)
        if is_whole or self.paginator.is_capped:
            self.full_result_count = self.result_count
