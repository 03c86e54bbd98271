from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    name = "voicehub.sync"
    label = "sync"
    verbose_name = _("Providers")

    def ready(self) -> None:
        from django_q.signals import post_execute

        from voicehub.sync import health
        from voicehub.sync.installation import stamp_mode

        autodiscover_modules("sync")
        post_execute.connect(health.stamp_finished_beat, dispatch_uid="voicehub-heartbeat")
        post_migrate.connect(stamp_mode, sender=self, dispatch_uid="voicehub-mode")
