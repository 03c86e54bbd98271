"""The queue as people see it: every job, what became of it, and the calls it made."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from voicehub.sync.admin.base import ReadOnlyAdmin, RecordAdmin
from voicehub.sync.admin.conditions import Condition, Roadblocks
from voicehub.sync.admin.filters import ProviderFilter
from voicehub.sync.admin.following import MOVING
from voicehub.sync.models import SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import handler_for, provider_label
from voicehub.sync.timeline import Entry, Wanted, timeline_of_job


@admin.register(SyncJob)
class JobAdmin(ReadOnlyAdmin, RecordAdmin):
    list_display = ("what", "provider_name", "record_link", "state_badge", "requested_by", "created_at")
    list_filter = (ProviderFilter, "state", "operation")
    list_select_related = ("requested_by",)
    fields = (
        "what",
        "provider_name",
        "connection",
        "record_link",
        "attempts",
        "asked_by",
        "created_at",
        "due_at",
        "send_before",
        "started_at",
        "finished_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("connection")

    def may_act(self, request: HttpRequest, obj: SyncJob) -> bool:
        return request.user.has_perm("sync.change_syncjob")

    def job_of(self, obj: SyncJob) -> SyncJob:
        return obj

    def jobs_behind(self, obj: SyncJob) -> QuerySet:
        return SyncJob.objects.filter(pk=obj.pk)

    def moving_among(self, records: list[SyncJob]) -> list[SyncJob]:
        return [job for job in records if job.state in MOVING]

    def message_of(self, obj: SyncJob) -> str:
        return obj.hold_reason or obj.message

    def roadblock_of(self, obj: SyncJob, roadblocks: Roadblocks) -> Condition | None:
        return roadblocks.before_job(obj)

    def timeline_entries(self, obj: SyncJob, wanted: Wanted) -> list[Entry]:
        return timeline_of_job(obj, wanted)

    @admin.display(description=_("What"))
    def what(self, obj: SyncJob) -> str:
        return obj.get_operation_display()

    @admin.display(description=_("Provider"))
    def provider_name(self, obj: SyncJob) -> str:
        return str(provider_label(obj.provider))

    @admin.display(description=_("Record"))
    def record_link(self, obj: SyncJob) -> str:
        model = handler_for(obj.model).model
        kind = capfirst(model._meta.verbose_name)
        if obj.operation == Operation.PULL:
            return str(capfirst(model._meta.verbose_name_plural))
        if not self.admin_site.is_registered(model):
            return f"{kind} {obj.object_id}"
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[obj.object_id])
        return format_html('<a class="vh-link" href="{}">{} {}</a>', url, kind, obj.object_id)
