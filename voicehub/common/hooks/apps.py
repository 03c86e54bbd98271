import logging

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

# They write down addresses as they came.
LOGGERS_OF_WEB_SERVERS = ("gunicorn.access", "gunicorn.error", "django.server")


class HooksConfig(AppConfig):
    name = "voicehub.common.hooks"
    label = "hooks"
    verbose_name = _("Inbound")

    def ready(self) -> None:
        from voicehub.common import audit
        from voicehub.common.hooks import addresses, masking, retention
        from voicehub.sync import chores

        audit.describe(addresses.AUDIT_WORDS)
        chores.register(retention.CHORE)
        for name in LOGGERS_OF_WEB_SERVERS:
            logging.getLogger(name).addFilter(masking.MaskHooks())
        autodiscover_modules("hooks")
