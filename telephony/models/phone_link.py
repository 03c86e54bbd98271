"""Links by which a phone fetches what it needs to sign in with a SIP account, once."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.models.sip import SipAccount


class PhoneLink(models.Model):
    """A link that ends at `expires_at` (UTC), or when it was served.

    Only the digest of its token is kept. While it is being served, nobody else is: until `claimed_until`, in case the
    end of that is never told. Whoever had the document handed to it by then (`handed_to`, an IP address) may have
    read it all: after that time the link works for nobody else.
    """

    account = models.ForeignKey(SipAccount, models.CASCADE, related_name="phone_links", verbose_name=_("account"))
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("works until"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    handed_to = models.CharField(max_length=45, blank=True)
    served_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("set-up link")
        verbose_name_plural = _("set-up links")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.account} {self.made_at:%Y-%m-%d %H:%M}"
