from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class HooksConfig(AppConfig):
    name = "voicehub.common.hooks"
    label = "hooks"
    verbose_name = _("Inbound")

    def ready(self) -> None:
        from voicehub.common import audit
        from voicehub.common.hooks import addresses, following, masking, retention
        from voicehub.sync import chores

        audit.describe(addresses.AUDIT_WORDS)
        chores.register(retention.CHORE)
        chores.register(following.CHORE)
        masking.mask_logs(addresses.PREFIX, masking.masked)
        autodiscover_modules("hooks")
