"""Lists that leave out what was there before: when a person has to say first that it is really gone."""

from django.utils.translation import gettext as _

from voicehub.sync.handlers import PullHandler, PullHeldError
from voicehub.sync.registry import provider_label

ASK_ABOVE_SHARE = 0.3


def ask_whether_gone(handler: PullHandler, missing: int, active: int) -> None:
    """Raises PullHeldError when more than 30 % of the active records are missing on a list, and more than one.

    A single one may go unasked: of a few records it would always be more than the share.
    """
    if missing > max(1, ASK_ABOVE_SHARE * active):
        raise PullHeldError(
            _("%(provider)s's list leaves out %(missing)d of %(active)d %(records)s. Are they really gone?")
            % {
                "provider": provider_label(handler.provider),
                "missing": missing,
                "active": active,
                "records": handler.model._meta.verbose_name_plural,
            }
        )
