from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephonyConfig(AppConfig):
    name = "telephony"
    verbose_name = _("Telephony")

    def ready(self) -> None:
        from telephony import services, tasks
        from voicehub.common import audit
        from voicehub.sync import chores

        audit.describe(services.AUDIT_WORDS)
        chores.register(tasks.CHORE)
        audit.describe(
            {
                "callscript.published": _("Published a call script"),
                "callscript.unpublished": _("Took a call script out of use"),
                "callscript.default_chosen": _("Made a call script the default"),
                "callscript.default_ended": _("Left calls without a default script"),
            }
        )
