from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "voicehub.common"
    label = "common"
    verbose_name = _("People")

    def ready(self) -> None:
        from voicehub.common import audit, mail, trouble
        from voicehub.common.guarding import tidying
        from voicehub.common.runs import working
        from voicehub.sync import chores
        from voicehub.sync.signals import trouble_found

        audit.listen()
        trouble_found.connect(trouble.tell_helpers, dispatch_uid="voicehub-trouble")
        autodiscover_modules("inbox")
        autodiscover_modules("runs")
        from voicehub.common.do_not_call import run  # noqa: F401

        chores.register(working.CHORE)
        chores.register(mail.CHORE)
        chores.register(tidying.CHORE)
