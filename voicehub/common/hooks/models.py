"""Addresses, and what came in at them. The log has a database of its own where that is SQLite, see `router`."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class HookAddress(models.Model):
    """The address at which one kind of request for one target comes in. Its tokens are kept as SHA-256 only.

    After a change the former token works until `former_until`. `version` counts the changes. Without a digest the
    address is closed.
    """

    kind = models.CharField(_("kind"), max_length=40)
    target = models.CharField(_("for"), max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    former_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    former_until = models.DateTimeField(_("the former one works until"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("inbound address")
        verbose_name_plural = _("inbound addresses")
        default_permissions = ("view",)
        permissions = [("manage_hooks", gettext_noop("Can make, change and close inbound addresses"))]
        ordering = ["kind", "target"]
        constraints = [models.UniqueConstraint(fields=["kind", "target"], name="one_hook_address_a_target")]

    def __str__(self) -> str:
        from voicehub.common.hooks.kinds import kind_of

        kind = kind_of(self.kind)
        words = (str(kind.label), kind.words_for(self.target)) if kind else (self.kind, self.target)
        return ": ".join(filter(None, words))

    @property
    def is_former_open(self) -> bool:
        """Whether requests that still use the former token get in."""
        return bool(self.former_digest and self.former_until and self.former_until > timezone.now())


class HookRequest(models.Model):
    """One request that came in at an address, masked before it was written down, and how it was answered.

    `subject` is what the kind finds it by, `source` its key for what the answer was made from, `told` what it keeps
    of the answer. `by_former` ones used the token that was exchanged already. Those that are `is_waiting` are still
    to be followed up by their kind.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        FAILED = "failed", _("Our own fault")
        LIMITED = "limited", _("Too many at a time")
        UNREADABLE = "unreadable", _("Could not be read")
        TOO_LARGE = "too_large", _("Too large")
        WRONG_METHOD = "wrong_method", _("Neither GET nor POST")

    kind = models.CharField(_("kind"), max_length=40)
    address_id = models.BigIntegerField(_("address"))
    by_former = models.BooleanField(_("at the former address"), default=False)
    received_at = models.DateTimeField(_("at"))
    method = models.CharField(_("method"), max_length=8)
    subject = models.CharField(_("subject"), max_length=100, blank=True)
    query = models.TextField(_("parameters"), blank=True)
    body = models.TextField(_("content"), blank=True)
    status = models.PositiveSmallIntegerField(_("status"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    words = models.TextField(_("what happened"), blank=True)
    source = models.CharField(max_length=40, blank=True)
    told = models.TextField(_("answer"), blank=True)
    is_waiting = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("inbound request")
        verbose_name_plural = _("inbound requests")
        default_permissions = ("view",)
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["received_at"], name="hook_request_by_time"),
            models.Index(fields=["kind", "received_at"], name="hook_request_by_kind"),
            models.Index(fields=["address_id", "received_at"], name="hook_request_by_address"),
            models.Index(fields=["subject", "received_at"], name="hook_request_by_subject"),
            models.Index(fields=["outcome", "received_at"], name="hook_request_by_outcome"),
            models.Index(
                fields=["address_id", "received_at"], condition=Q(by_former=True), name="hook_request_by_former"
            ),
            models.Index(fields=["id"], condition=Q(is_waiting=True), name="hook_request_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.subject}".strip()


class HookTally(models.Model):
    """How many requests were turned away in an hour without a line in the log: floods must not fill it."""

    class Reason(models.TextChoices):
        UNKNOWN = "unknown", _("No such address")
        LIMITED = "limited", _("Too many at a time")

    hour = models.DateTimeField()
    reason = models.CharField(max_length=8, choices=Reason.choices)
    address_id = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["hour", "reason", "address_id"], name="one_hook_tally_an_hour")
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.reason}"
