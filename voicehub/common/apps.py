from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "voicehub.common"
    label = "common"
    verbose_name = _("People")

    def ready(self) -> None:
        from voicehub.common import acts, audit, list_views, mail, sessions, trouble  # noqa: F401
        from voicehub.common.guarding import tidying
        from voicehub.common.runs import working
        from voicehub.sync import chores
        from voicehub.sync.signals import trouble_found

        audit.listen()
        list_views.listen()
        sessions.listen()
        trouble_found.connect(trouble.tell_helpers, dispatch_uid="voicehub-trouble")
        autodiscover_modules("inbox")
        autodiscover_modules("overview")
        autodiscover_modules("runs")
        autodiscover_modules("finding")
        autodiscover_modules("setting_up")
        from voicehub.common.do_not_call import run  # noqa: F401

        chores.register(working.CHORE)
        chores.register(mail.CHORE)
        chores.register(tidying.CHORE)
