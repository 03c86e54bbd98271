"""The queue's list, with what can be done about many jobs at once. What is uncertain is settled one by one."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.sync.admin.jobs import JobAdmin
from voicehub.sync.models import SyncJob

admin.site.unregister(SyncJob)


@admin.register(SyncJob)
class JobsAdmin(DeedsForManyAdmin, JobAdmin):
    for_many = (ForMany("retry", _("Try again")), ForMany("cancel", _("Cancel what waits")))
