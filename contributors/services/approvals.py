"""Asking somebody else before money leaves, and what that person decides."""

from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contributors import obstacles, sequence
from contributors.models import Approval, PaymentOrder, Transaction
from contributors.rules import DAILY_LIMIT, parts_of, use_of
from contributors.services.errors import ChangedError, NotAllowedError, NotPayableError
from contributors.warnings import keys, warnings_for
from voicehub.common import limits, runs
from voicehub.common.models import Notice, Run
from voicehub.common.notices import BACKEND, mark_read, notify
from voicehub.sync.services import TooLateError
from voicehub.sync.signals import person_acted

APPROVE = "contributors.approve_transaction"
State = Approval.State


def ask_for_order(order: PaymentOrder, *, why: str, user: Any) -> Approval:
    """Put a confirmed order before somebody else; nothing of it is queued until that person agrees."""
    Transaction._base_manager.filter(order=order).update(state=Transaction.State.APPROVAL, message=why)
    return _ask(why, user, order=order)


def ask_for_run(run: Run, *, why: str, user: Any) -> Approval:
    """Put a whole batch before somebody else; the caller keeps it on hold."""
    return _ask(why, user, run=run)


def open_approvals(user: Any) -> QuerySet[Approval]:
    """What this person can decide now: no question of their own, and no draft that they had a hand in."""
    if not user.has_perm(APPROVE):
        return Approval.objects.none()
    own = Q(asked_by=user) | Q(order__requested_by=user) | Q(order__in=_edited_by(user))
    return Approval.objects.filter(state=State.OPEN).exclude(own)


def approve(approval: Approval, *, user: Any, shown: str, note: str = "") -> None:
    """Let what was asked for go out. `shown` is the `digest` of the page that this person saw.

    Raises NotAllowedError, ChangedError when anything differs from what was shown, TooLateError when somebody else
    has decided already, NotPayableError, and LimitReachedError when it is more than is left of today's limit.
    """
    with transaction.atomic():
        current = _locked_open(approval, user)
        if digest(current) != shown:
            raise ChangedError
        _decide(current, State.APPROVED, user, note, shown)
        if current.run:
            _release_batch(current.run)
        elif current.order:
            _start(current.order, current.asked_by)


def _release_batch(run: Run) -> None:
    if not runs.release(run):
        raise TooLateError(_("%(what)s is being cancelled.") % {"what": run})


def _start(order: PaymentOrder, user: Any) -> None:
    lines = list(order.lines.select_related("contributor", "connection__owner", "replaces").order_by("id"))
    if problem := next(filter(None, map(obstacles.standing_obstacle, lines)), ""):
        raise NotPayableError(problem)
    # What was confirmed today is counted already.
    if order.confirmed_at and order.confirmed_at < limits.day_began(timezone.now()):
        limits.check(DAILY_LIMIT, user=user, adding=use_of(parts_of(lines)))
    sequence.start(order, user)


def decline(approval: Approval, *, user: Any, note: str) -> None:
    """Refuse what was asked for: nothing is sent. Raises NotAllowedError, and TooLateError when it is decided."""
    with transaction.atomic():
        current = _locked_open(approval, user)
        _decide(current, State.DECLINED, user, note)
        _call_off(current, user, _("Declined by %(who)s: %(note)s") % {"who": user, "note": note})


def withdraw(approval: Approval, *, user: Any) -> None:
    """Take the question back, and with it the payments. Raises TooLateError when it is decided."""
    with transaction.atomic():
        current = _locked(approval)
        _decide(current, State.WITHDRAWN, user, "")
        _call_off(current, user, _("Withdrawn by %(who)s; nothing was sent.") % {"who": user})


def withdraw_batch(run: Run, *, user: Any) -> None:
    """Close the question about a batch that was cancelled meanwhile."""
    waiting = Approval.objects.filter(run=run, state=State.OPEN)
    for approval in waiting:
        if waiting.filter(pk=approval.pk).update(state=State.WITHDRAWN, decided_by=user, decided_at=timezone.now()):
            mark_read(Notice.objects.filter(cause=_cause(approval)))


def digest(approval: Approval) -> str:
    """A mark of all that a person should have seen before deciding; it changes with any of it."""
    run = approval.run
    seen = (runs.digest(run), runs.kind_of(run).depends_on(run)) if run else _seen_of_order(approval.order)
    return sha256(repr((approval.pk, approval.why, seen)).encode()).hexdigest()[:32]


def _seen_of_order(order: Any) -> Any:
    lines = order.lines.order_by("id").values_list(
        "id",
        "contributor_id",
        "contributor__name",
        "contributor__is_active",
        "amount",
        "currency",
        "url",
        "title",
        "replaces__state",
    )
    return [list(lines), keys(warnings_for(order))]


def _ask(why: str, user: Any, **about: Any) -> Approval:
    approval = Approval.objects.create(why=why, asked_by=user, **about)
    words = {"who": user, "what": approval, "why": why}
    people = [one for one in get_user_model().objects.with_perm(APPROVE, backend=BACKEND) if one.pk != user.pk]

    def text() -> str:
        return _("%(who)s asks you to approve a payment: %(what)s. %(why)s") % words

    notify(people, text, level=Notice.Level.WARNING, link=page_of(approval), cause=_cause(approval), is_urgent=True)
    return approval


def page_of(approval: Approval) -> str:
    return f"{reverse('admin:contributors_transaction_approvals')}#approval-{approval.pk}"


def _cause(approval: Approval) -> str:
    return f"approval.open {approval.pk}"


def _edited_by(user: Any) -> Any:
    """Orders that this person had a hand in while they were drafts."""
    return PaymentOrder.history.filter(history_user=user).values("id")


def _locked(approval: Approval) -> Approval:
    current = (
        Approval.objects.select_for_update(of=("self",))
        .select_related("order", "run", "asked_by")
        .get(pk=approval.pk)
    )
    if current.state != State.OPEN:
        raise TooLateError(_already(current))
    return current


def _already(approval: Approval) -> str:
    words = {"what": approval, "who": approval.decided_by, "state": approval.get_state_display().lower()}
    return _("%(what)s: already %(state)s by %(who)s.") % words


def _locked_open(approval: Approval, user: Any) -> Approval:
    current = _locked(approval)
    if not open_approvals(user).filter(pk=current.pk).exists():
        raise NotAllowedError(
            _("%(what)s: you asked for this, changed it or may not approve; somebody else has to decide.")
            % {"what": current}
        )
    return current


def _decide(approval: Approval, state: str, user: Any, note: str, shown: str = "") -> None:
    Approval.objects.filter(pk=approval.pk).update(
        state=state, decided_by=user, decided_at=timezone.now(), note=note, digest=shown
    )
    approval.state, approval.decided_by, approval.note = state, user, note
    about: Any = approval.order or approval.run
    person_acted.send(sender=type(about), action=f"payment.{state}", actor=user, obj=about, reason=note)
    mark_read(Notice.objects.filter(cause=_cause(approval)))
    if user.pk != approval.asked_by_id:
        _tell_asker(approval, about)


def _tell_asker(approval: Approval, about: Any) -> None:
    def text() -> str:
        words = {"who": approval.decided_by, "what": about, "state": approval.get_state_display().lower()}
        decided = _("%(what)s: %(state)s by %(who)s.") % words
        return f"{decided} {approval.note}".strip()

    is_good = approval.state == State.APPROVED
    level = Notice.Level.INFO if is_good else Notice.Level.WARNING
    notify(
        approval.asked_by,
        text,
        level=level,
        link=about.get_absolute_url(),
        is_urgent=True,
    )


def _call_off(approval: Approval, user: Any, message: str) -> None:
    if approval.run:
        runs.cancel_rest(approval.run, user=user, reason=message)
    else:
        lines = Transaction._base_manager.filter(order=approval.order, state=Transaction.State.APPROVAL)
        lines.update(state=Transaction.State.CANCELLED, message=message)
