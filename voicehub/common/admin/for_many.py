"""Lists on which buttons of the records' own pages can be pressed for many records at once."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import model_ngettext
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from voicehub.common import runs
from voicehub.common.admin import run_pages
from voicehub.common.runs.deeds import DeedsKind, not_possible
from voicehub.sync.admin.base import FastListAdmin, StateAdmin
from voicehub.sync.admin.panel import Deed

CHUNK = 500


@dataclass(frozen=True)
class ForMany:
    """A deed of the records, by its `name`, and what the list calls it. With `ask` people are asked that first."""

    name: str
    label: Any
    ask: Any = ""

    @property
    def action(self) -> str:
        return f"many_{self.name}"


class ForManyAdmin(FastListAdmin):
    """Adds an action for each of `for_many`: it makes a run, which shows what will happen before it is started."""

    for_many: ClassVar[tuple[ForMany, ...]] = ()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.many_kind = DeedsKind(self)
        runs.register(self.many_kind)

    @abstractmethod
    def may_act_for_many(self, request: HttpRequest) -> bool:
        """Whether this person may do anything of it at all."""

    @abstractmethod
    def deeds_for_many(self, request: HttpRequest, obj: Any) -> list[Deed]:
        """What may be done to the object now, by who asks."""

    @abstractmethod
    def state_for_many(self, obj: Any) -> str:
        """The name of the object's state in the table of states."""

    def why_not_for_many(self, obj: Any) -> str:
        return not_possible(self.state_for_many(obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        others = super().get_actions(request)
        if IS_POPUP_VAR in request.GET or not self.may_act_for_many(request):
            return others
        return {one.action: (partial(_ask, one), one.action, one.label) for one in self.for_many} | others

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        for_many = self.for_many if self.may_act_for_many(request) else ()
        return super().changelist_view(request, {"for_many": for_many, **(extra_context or {})})

    def ask_for_many(self, request: HttpRequest, records: QuerySet, wanted: ForMany) -> HttpResponse:
        """A run of the deed for these records; first the question why, where it has one."""
        reason = request.POST.get("reason", "").strip()
        if wanted.ask and not reason:
            return self._ask_why(request, records, wanted)
        title = _("%(deed)s: %(count)d %(records)s") % {
            "deed": wanted.label,
            "count": records.count(),
            "records": model_ngettext(self.model, records.count()),
        }
        rows = self.many_kind.rows_for(records.iterator(chunk_size=CHUNK), wanted.name, reason)
        try:
            return redirect(runs.from_rows(self.many_kind, title, rows, user=request.user))
        except runs.FileRefusedError as error:
            self.message_user(request, str(error), messages.WARNING)
            return redirect(request.get_full_path())

    def _ask_why(self, request: HttpRequest, records: QuerySet, wanted: ForMany) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": wanted.label,
            "opts": self.opts,
            "media": run_pages.MEDIA,
            "wanted": wanted,
            "count": records.count(),
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
            "is_missing": "reason" in request.POST,
            "back_url": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/common/why_for_many.html", context)


class DeedsForManyAdmin(ForManyAdmin, StateAdmin):
    """The buttons of the panel, for those who may press them there."""

    def may_act_for_many(self, request: HttpRequest) -> bool:
        return self.may_act(request, None)

    def deeds_for_many(self, request: HttpRequest, obj: Any) -> list[Deed]:
        return self.deeds(obj) if self.may_act(request, obj) else []

    def state_for_many(self, obj: Any) -> str:
        return self.state_of(obj)


def _ask(wanted: ForMany, model_admin: Any, request: HttpRequest, records: QuerySet) -> HttpResponse:
    return model_admin.ask_for_many(request, records, wanted)
