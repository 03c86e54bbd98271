"""What KPN and Apidaze know."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class ApidazeDomain(models.Model):
    """A customer's domain, its two doors, and how its server answers where the documents leave it open."""

    class ErrorShape(models.TextChoices):
        FLAT = "flat", _("a flat object")
        NESTED = "nested", _("an object inside “error”")

    class TimeUnit(models.TextChoices):
        MINUTE = "minute", _("minute")
        HOUR = "hour", _("hour")
        DAY = "day", _("day")

    name = models.CharField(_("domain"), max_length=100)
    client_id = models.CharField(_("client id"), max_length=64, unique=True)
    client_secret = models.CharField(_("client secret"), max_length=64)
    native_key = models.CharField(_("native key"), max_length=8, unique=True)
    native_secret = models.CharField(_("native secret"), max_length=32)
    is_subscribed = models.BooleanField(
        _("subscribed"), default=True, help_text=_("Without it tokens are given out, and every call is refused.")
    )
    error_shape = models.CharField(
        _("errors come as"), max_length=8, choices=ErrorShape.choices, default=ErrorShape.FLAT
    )
    answers_lists = models.BooleanField(_("answers single records as lists of one"), default=False)
    sunset = models.CharField(_("end announced"), max_length=40, default="n/a")
    quota_limit = models.PositiveIntegerField(_("calls allowed"), default=10_000)
    quota_used = models.PositiveIntegerField(_("calls made"), default=0)
    quota_time_unit = models.CharField(_("in one"), max_length=8, choices=TimeUnit.choices, default=TimeUnit.HOUR)
    quota_resets_at = models.DateTimeField(_("counted anew from"))

    class Meta:
        verbose_name = _("Apidaze domain")
        verbose_name_plural = _("Apidaze domains")

    def __str__(self) -> str:
        return self.name


class ApidazeToken(models.Model):
    domain = models.ForeignKey(ApidazeDomain, models.CASCADE, verbose_name=_("domain"))
    access_token = models.CharField(_("access token"), max_length=64, unique=True)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("Apidaze token")
        verbose_name_plural = _("Apidaze tokens")

    def __str__(self) -> str:
        return f"{self.domain_id}, {self.issued_at:%Y-%m-%d %H:%M:%S}"


class ApidazeSipAccount(models.Model):
    """A telephone. Its password is plain: the provider shows it to its customers."""

    username = models.CharField(_("username"), max_length=64)
    password = models.CharField(_("password"), max_length=32, editable=False)
    name = models.CharField(_("name"), max_length=100, blank=True)
    internal_number = models.CharField(_("internal caller number"), max_length=32, blank=True)
    external_number = models.CharField(_("external caller number"), max_length=32, blank=True)
    mwi_account = models.CharField(_("voicemail box of the lamp"), max_length=100, blank=True)
    email_address = models.CharField(_("e-mail"), max_length=254, blank=True)
    is_registered = models.BooleanField(
        _("registered"), default=False, help_text=_("A phone has signed in with this account.")
    )
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("updated"), editable=False)

    class Meta:
        verbose_name = _("Apidaze SIP account")
        verbose_name_plural = _("Apidaze SIP accounts")
        constraints = [models.UniqueConstraint(Lower("username"), name="apidaze_username")]

    def __str__(self) -> str:
        return self.username


class ApidazeScript(models.Model):
    """Where the instructions for calls are loaded from; the domain has one."""

    name = models.CharField(_("name"), max_length=100, blank=True)
    url = models.TextField(_("address"))
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("updated"), editable=False)

    class Meta:
        verbose_name = _("Apidaze external script")
        verbose_name_plural = _("Apidaze external scripts")

    def __str__(self) -> str:
        return self.name or str(self.pk)


class ApidazeCall(models.Model):
    """A call that was simulated: which loads there were, and what each has led to."""

    class Ending(models.TextChoices):
        SCRIPT = "script", _("the script hung up")
        CALLER = "caller", _("the caller hung up")
        LOOP = "loop", _("stopped after twenty loads")
        BAD_SCRIPT = "bad-script", _("a script could not be read")
        UNLOADABLE = "unloadable", _("a script could not be loaded")

    at = models.DateTimeField(_("time"), editable=False)
    session_id = models.CharField(_("session"), max_length=36, editable=False)
    destination_number = models.CharField(_("number called"), max_length=32)
    caller_id_number = models.CharField(_("number of the caller"), max_length=32)
    ending = models.CharField(_("end"), max_length=12, choices=Ending.choices, editable=False)
    loads = models.JSONField(_("loads"), editable=False)

    class Meta:
        verbose_name = _("Apidaze call")
        verbose_name_plural = _("Apidaze calls")

    def __str__(self) -> str:
        return f"{self.destination_number}, {self.at:%Y-%m-%d %H:%M:%S}"
