"""How people prove who they are: second factors, the passwords they had, and where they are signed in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from voicehub.sync.fields import EncryptedTextField


class SecondFactor(models.Model):
    """The secret that somebody's phone makes codes from (TOTP, RFC 6238), in base32.

    Until its person has confirmed it with a code, `User.second_factor_since` is empty and it asks for nothing.
    `last_step` is the 30 seconds whose code was taken last: no code is taken twice. `wait_until` is set after too
    many wrong codes, from whatever address they came.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    secret = EncryptedTextField()
    made_at = models.DateTimeField(auto_now_add=True)
    last_step = models.BigIntegerField(default=-1)
    wrong_codes = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.person)


class RecoveryCode(models.Model):
    """A code that lets its person in once, without the phone. Kept as SHA-256 of 80 random bits."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="one_recovery_code")]

    def __str__(self) -> str:
        return str(self.person)


class FormerPassword(models.Model):
    """The hash of a password that somebody had, so that it is not chosen again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.person)


class SignIn(models.Model):
    """A browser in which somebody is signed in. It goes with its session."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins", verbose_name=_("person")
    )
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(_("device"), max_length=300, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    signed_in_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last used"))

    class Meta:
        default_permissions = ()
        ordering = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person_id}, {self.seen_at}"
