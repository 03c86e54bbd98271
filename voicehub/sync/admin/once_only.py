"""The admin of what is sent at most once: its page follows it to its end, and what is uncertain is settled there."""

from functools import partial
from typing import Any, NoReturn

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub.sync import services
from voicehub.sync.admin.base import ReadOnlyAdmin, RecordAdmin
from voicehub.sync.admin.panel import Deed, RecordAction, releasing
from voicehub.sync.admin.settling import Case, can_be_settled, settle_page
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.registry import handler_for, provider


class OnceOnlyAdmin(ReadOnlyAdmin, RecordAdmin):
    """A record with `state`, `message` and `requested_by` that a OnceOnlyHandler sends.

    Who holds `send_<model>` or `settle_<model>` may cancel and release it; settling needs the latter.
    """

    settle_for_example: Any = gettext_lazy("For example: the list of messages on the provider's site.")

    def what_was_sent(self, obj: Any) -> str:
        """What somebody has to look for at the provider, in words."""
        return str(obj)

    def case_of(self, obj: Any, job: SyncJob) -> Case:
        return Case(
            job=job,
            title=_("Settle: %(what)s") % {"what": obj},
            what=self.what_was_sent(obj),
            for_example=self.settle_for_example,
            back_url=self.url_of("change", obj.pk),
            console_url=provider(handler_for(self.model).provider).console_url(),
            settle=partial(services.settle, job),
            facts=[(_("Asked for by"), obj.requested_by)],
        )

    def may(self, user: Any, deed: str) -> bool:
        """Whether this person holds the permission `<deed>_<model>`."""
        return user.has_perm(f"{self.opts.app_label}.{deed}_{self.opts.model_name}")

    def may_act(self, request: HttpRequest, obj: Any) -> bool:
        return self.may(request.user, "send") or self.may(request.user, "settle")

    def deeds(self, obj: Any) -> list[Deed]:
        job = self.job_of(obj)
        held = [releasing(job)] if job and job.state == JobState.HELD else []
        return [*held, *super().deeds(obj)]

    def extra_actions(self, obj: Any, user: Any) -> list[RecordAction]:
        job = self.job_of(obj)
        if not (can_be_settled(job) and self.may(user, "settle")):
            return []
        label = _("Settle") if obj.state == JobState.UNCERTAIN else _("Correct what was settled")
        return [RecordAction(label, self.url_of("settle", obj.pk), style="primary", is_post=False)]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("<path:object_id>/settle/", self.settle_view, "settle"),
            *super().get_urls(),
        ]

    def settle_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self._visible(request, object_id)
        if not self.may(request.user, "settle"):
            raise PermissionDenied
        job = self.job_of(obj)
        if job is None:
            raise Http404
        return settle_page(request, self.case_of(obj, job))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The record's own page tells all that happened; there is nothing that could be put back."""
        obj = self._visible(request, object_id)
        return redirect(f"{self.url_of('change', obj.pk)}#timeline-title")

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> NoReturn:
        raise Http404

    def _visible(self, request: HttpRequest, object_id: str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        return obj
