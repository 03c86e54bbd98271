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
                "payment.approved": _("Approved a payment"),
                "payment.declined": _("Declined a payment"),
                "payment.withdrawn": _("Withdrew a payment that waited for approval"),
                "payment.released": _("Released the payments on hold"),
                "payment.dealt_with": _("Said that nothing is left to do about a payment"),
                "payment.exported": _("Exported payments"),
                "ledger.exported": _("Exported the ledger"),
            }
        )
