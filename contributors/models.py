"""Contributors (OutVoice calls them freelancers or payees) and what they are paid."""

from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from voicehub.common.prefix_index import PrefixIndex
from voicehub.sync.models import SyncJob


class ConfirmedError(RuntimeError):
    """Somebody tried to change or delete what has been confirmed for payment."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "What has been confirmed is never changed or deleted. Cancel it while it waits; pay it again if it "
                "did not go through."
            )
        )


class BulkChangeError(RuntimeError):
    """Somebody tried to change payments past their guard and their history."""


class PaymentQuerySet(models.QuerySet):
    """Reads like any query set. Rows are saved and deleted one by one, which keeps what is confirmed and its history.

    What became of a payment is written with `_base_manager`, by services and the engine alone.
    """

    def update(self, **kwargs: Any) -> NoReturn:
        raise BulkChangeError(f"Save {self.model.__name__} rows one by one.")

    def delete(self) -> NoReturn:
        raise BulkChangeError(f"Delete {self.model.__name__} rows one by one.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BulkChangeError(f"Save {self.model.__name__} rows one by one.")


class ChangeableDraft(models.Model):
    """A row of an order: saved and deleted while the order is a draft. Raises ConfirmedError later."""

    objects = PaymentQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self._check_draft()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self._check_draft()
            return super().delete(*args, **kwargs)

    def _check_draft(self) -> None:
        orders = PaymentOrder._base_manager.filter(self._its_orders()).select_for_update()
        if any(orders.values_list("confirmed_at", flat=True)):
            raise ConfirmedError

    def _its_orders(self) -> Q:
        """The order itself; for what stands in one, the order it belongs to and the one it is to belong to."""
        return Q(pk=self.pk)


class Contributor(models.Model):
    """A payee of one OutVoice account. Pulled from there, never created or deleted here; old payments point to it."""

    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("OutVoice account"))
    remote_id = models.CharField(_("id at OutVoice"), max_length=64)
    name = models.CharField(_("name"), max_length=255)
    is_active = models.BooleanField(_("on OutVoice's list"), default=True)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen on the list"), null=True, blank=True)

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "remote_id"], name="contributor_identity"),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="contributor_by_name"),
            PrefixIndex(fields=["name"], name="contributor_by_beginning"),
        ]
        permissions = [("pull_contributor", gettext_noop("Can fetch the list of contributors from OutVoice"))]

    def __str__(self) -> str:
        return self.name

    def in_all_accounts(self) -> "models.QuerySet[Contributor]":
        """This contributor and whoever bears the same name in other accounts; namesakes in one are two people."""
        same = Contributor.objects.filter(name__iexact=self.name).exclude(connection=self.connection_id)
        return Contributor.objects.filter(Q(pk=self.pk) | Q(pk__in=same.values("pk"))).order_by("pk")


class PaymentOrder(ChangeableDraft):
    """What one person pays for one article, at one go: the preview that was shown and what became of it.

    `confirmed_at` is set once, by a conditional update: a preview pays one time, however often it is sent.
    `not_before` is the end of the undo window. `run_row` is the line of a batch that made the order; being unique,
    it pays one time too.
    `shown_warnings` holds the keys of the warnings on the page that the person saw last.
    """

    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("OutVoice account"))
    url = models.URLField(_("article address"), max_length=1000)
    title = models.CharField(_("article title"), max_length=300)
    currency = models.CharField(_("currency"), max_length=3)
    shown_warnings = models.JSONField(default=list, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    not_before = models.DateTimeField(_("goes out at"), null=True, blank=True)
    run_row = models.OneToOneField(
        "common.RunRow",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="order",
        verbose_name=_("line of a batch"),
    )

    history = HistoricalRecords(related_name="changes", excluded_fields=["shown_warnings", "run_row"])

    class Meta:
        verbose_name = _("payment order")
        verbose_name_plural = _("payment orders")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["confirmed_at"], name="order_by_confirmed"),
            models.Index(fields=["not_before"], name="order_by_not_before"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("admin:contributors_transaction_order", args=[self.pk])


class Transaction(ChangeableDraft):
    """One payment to one contributor: one request to OutVoice, sent at most once.

    `amount` is in major units with two places (20.15); `minor_units` is what goes over the wire (2015).
    `url`, `title` and `currency` repeat the order's, so that a sent payment never changes with it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVAL = "approval", _("Waiting for approval")
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("On hold")
        SENDING = "sending", _("Sending")
        PAID = "paid", _("Paid")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    # What may have reached, or may yet reach, the contributor: counts against paying the same thing again.
    COUNTS = (State.APPROVAL, State.WAITING, State.HELD, State.SENDING, State.PAID, State.UNCERTAIN)
    PAY_AGAIN = (State.REFUSED, State.EXPIRED, State.CANCELLED, State.FAILED)

    order = models.ForeignKey(PaymentOrder, models.PROTECT, related_name="lines", verbose_name=_("order"))
    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("OutVoice account"))
    contributor = models.ForeignKey(
        Contributor, models.PROTECT, related_name="transactions", verbose_name=_("contributor")
    )
    contributor_name = models.CharField(_("name at the time"), max_length=255)
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    url = models.URLField(_("article address"), max_length=1000)
    title = models.CharField(_("article title"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    message = models.TextField(_("what happened"), blank=True)
    receipt = models.TextField(_("OutVoice's receipt"), blank=True)
    receipt_mismatch = models.TextField(_("what in the receipt differs"), blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="paid_again", verbose_name=_("pays again")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    dealt_with_at = models.DateTimeField(_("dealt with"), null=True, blank=True)

    history = HistoricalRecords(related_name="changes")

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], name="transaction_by_state"),
            models.Index(fields=["state", "created_at"], name="transaction_by_state_and_date"),
            models.Index(fields=["requested_by", "-id"], name="transaction_by_requester"),
            models.Index(fields=["contributor", "-id"], name="transaction_by_contributor"),
            models.Index(fields=["created_at"], name="transaction_by_date"),
            models.Index(fields=["paid_at"], name="transaction_by_paid", condition=~Q(paid_at=None)),
            models.Index(
                fields=["state", "requested_by"],
                name="transaction_not_dealt_with",
                condition=Q(dealt_with_at=None),
            ),
            models.Index(
                fields=["state", "requested_by"],
                name="transaction_differing",
                condition=Q(dealt_with_at=None, state="paid") & ~Q(receipt_mismatch=""),
            ),
            models.Index(fields=["state", "paid_at"], name="transaction_by_state_and_paid"),
            # All that the sums of one contributor need, so that no row is looked up for them.
            models.Index(
                fields=["contributor", "state", "paid_at", "currency", "amount"], name="transaction_sums_of_one"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transaction_amount_positive"),
            # Of states that a payment is put into, never of those that an answer leaves it in: the truth is always
            # written down. What was paid meanwhile is looked at under the contributor's lock.
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state__in=["approval", "waiting", "held", "sending"]),
                name="transaction_paid_again_once",
            ),
        ]
        permissions = [
            ("pay_transaction", gettext_noop("Can pay contributors")),
            ("approve_transaction", gettext_noop("Can approve and decline payments of others")),
            ("view_all_transactions", gettext_noop("Can see everybody's payments")),
            ("settle_transaction", gettext_noop("Can settle uncertain payments and release what waits behind them")),
            ("export_transaction", gettext_noop("Can export payments")),
        ]

    def __str__(self) -> str:
        return f"{self.contributor_name}: {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return reverse("admin:contributors_transaction_change", args=[self.pk])

    @property
    def minor_units(self) -> int:
        return int(self.amount * Decimal(100))

    @property
    def job(self) -> SyncJob | None:
        """The job that sends or sent this payment; None for a draft."""
        return SyncJob.objects.filter(model=self._meta.label_lower, object_id=self.pk).order_by("-id").first()

    def _its_orders(self) -> Q:
        stored = Transaction._base_manager.filter(pk=self.pk).values("order")
        return Q(pk=self.order_id) | Q(pk__in=stored)


class Approval(models.Model):
    """A question to somebody else before an order, or a whole batch (`run`), goes out.

    `why` is the rule that asks for it, in words. `digest` is a mark of what was shown to the person who decided.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    order = models.OneToOneField(
        PaymentOrder, models.PROTECT, null=True, blank=True, related_name="approval", verbose_name=_("order")
    )
    run = models.OneToOneField(
        "common.Run", models.PROTECT, null=True, blank=True, related_name="approval", verbose_name=_("batch")
    )
    why = models.TextField(_("why it needs approval"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="approval_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(order=None, run__isnull=False) | Q(order__isnull=False, run=None),
                name="approval_of_order_or_run",
            ),
        ]

    def __str__(self) -> str:
        return str(self.order or self.run)
