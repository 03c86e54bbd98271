from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContributorsConfig(AppConfig):
    name = "contributors"
    verbose_name = _("Contributors")

    def ready(self) -> None:
        from voicehub.common import audit

        audit.describe(
            {
                "account.connected": _("Connected an account"),
                "account.disconnected": _("Disconnected an account"),
                "payment.released": _("Released the payments on hold"),
                "payment.exported": _("Exported payments"),
                "ledger.exported": _("Exported the ledger"),
            }
        )
