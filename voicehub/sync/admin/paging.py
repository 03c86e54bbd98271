"""Pages of lists that may hold millions of rows."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from unfold.views import ChangeList


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
    """Tells the number of rows at the foot of the page, and on top as well when a filter is set."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.may_add = self.model_admin.has_add_permission(request)
        self.first_step = self.model_admin.first_step(request)
        is_whole = not (self.query or self.has_active_filters)
        if is_whole or self.paginator.is_capped:
            self.full_result_count = self.result_count
