from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephonyConfig(AppConfig):
    name = "telephony"
    verbose_name = _("Telephony")

    def ready(self) -> None:
        from telephony import phone_address, services, tasks
        from telephony.services import call_log
        from voicehub.common import audit
        from voicehub.common.hooks.masking import mask_logs
        from voicehub.sync import chores

        audit.describe(services.AUDIT_WORDS)
        chores.register(tasks.CHORE)
        chores.register(call_log.CHORE)
        mask_logs(phone_address.PREFIX, phone_address.masked)
        audit.describe(
            {
                "sipaccount.revealed": _("Saw the password of a SIP account"),
                "sipaccount.renewed": _("Had a new password made for a SIP account"),
                "sipaccount.not_renewed": _("No new password was made: the account had been changed at Apidaze"),
                "sipaccount.link_made": _("Made a set-up link for a phone"),
                "sipaccount.link_used": _("A phone was set up by a link"),
                "contact.created": _("Created a contact at Voitex"),
                "contact.changed": _("Changed a contact at Voitex"),
                "contact.deleted": _("Deleted a contact at Voitex"),
                "recording.added": _("Added a recording"),
                "recording.replaced": _("Replaced a recording"),
                "recording.removed": _("Deleted our copy of a recording"),
                "callscript.published": _("Published a call script"),
                "callscript.unpublished": _("Took a call script out of use"),
                "callscript.default_chosen": _("Made a call script the default"),
                "callscript.default_ended": _("Left calls without a default script"),
            }
        )
