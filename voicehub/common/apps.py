from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "voicehub.common"
    label = "common"
    verbose_name = _("People")

    def ready(self) -> None:
        from voicehub.common import audit

        audit.listen()
        autodiscover_modules("cards")
