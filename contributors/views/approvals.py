"""Payments that wait for somebody else's word: what would go out and why it is asked, to approve or decline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from contributors import services
from contributors.forms import DecisionForm
from contributors.models import Approval
from contributors.obstacles import standing_obstacle
from contributors.services.approvals import digest
from contributors.views.access import APPROVE, needs
from contributors.views.lines import PreviewLine, Total, preview_lines, totals
from contributors.views.pages import page
from contributors.warnings import warnings_for
from voicehub.common import limits, runs
from voicehub.sync.services import TooLateError

APPROVALS_PAGE = "admin:contributors_transaction_approvals"
MOST_SHOWN = 50
REFUSED = (services.NotAllowedError, services.NotPayableError, TooLateError, limits.LimitReachedError)
NEWEST_DECIDED = 10


@dataclass(frozen=True)
class Question:
    """One approval as it is shown: an order with its lines, or a batch with its sums."""

    approval: Approval
    digest: str
    can_decide: bool
    problem: str = ""
    lines: Sequence[PreviewLine] = ()
    totals: Sequence[Total] = ()
    figures: Sequence[tuple[Any, Any]] = ()


@needs(APPROVE)
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    return _show(request, DecisionForm())


@needs(APPROVE)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Approve or decline what is ticked, as far as it is still what was shown."""
    form = DecisionForm(request.POST)
    chosen = _chosen(request)
    if not chosen:
        messages.warning(request, _("Nothing was decided: tick what you want to decide about."))
    elif form.is_valid():
        _carry_out(request, chosen, form.cleaned_data)
    else:
        return _show(request, form, {approval.pk for approval in chosen})
    return redirect(APPROVALS_PAGE)


def _chosen(request: HttpRequest) -> list[Approval]:
    ids = [int(text) for text in request.POST.getlist("approval") if text.isdecimal() and len(text) < 19]
    return list(_with_all(Approval.objects.filter(pk__in=ids[:MOST_SHOWN])).order_by("pk"))


def _with_all(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    return approvals.select_related("order__requested_by", "order__connection", "run", "asked_by", "decided_by")


def _carry_out(request: HttpRequest, chosen: Sequence[Approval], decision: dict[str, str]) -> None:
    decided = 0
    for approval in chosen:
        try:
            _decide(request, approval, decision)
            decided += 1
        except services.ChangedError:
            messages.warning(
                request,
                _("%(what)s has changed since you looked; nothing was decided. Please look again.")
                % {"what": approval},
            )
        except REFUSED as error:
            messages.warning(request, str(error))
    if decided:
        messages.success(request, _what_was_done(decision["decision"], decided))


def _decide(request: HttpRequest, approval: Approval, decision: dict[str, str]) -> None:
    if decision["decision"] == "approve":
        shown = request.POST.get(f"digest-{approval.pk}", "")
        services.approve(approval, user=request.user, shown=shown, note=decision["note"])
    else:
        services.decline(approval, user=request.user, note=decision["note"])


def _what_was_done(decision: str, count: int) -> str:
    words = (
        ngettext("Approved: it goes out.", "Approved %(count)d questions: they go out.", count)
        if decision == "approve"
        else ngettext("Declined: nothing was sent.", "Declined %(count)d questions: nothing was sent.", count)
    )
    return words % {"count": count}


def _show(request: HttpRequest, form: DecisionForm, ticked: set[int] | frozenset[int] = frozenset()) -> HttpResponse:
    questions = list(_questions(request.user))
    return page(
        request,
        "approvals.html",
        _("Approvals"),
        form=form,
        ticked=ticked,
        questions=questions,
        can_decide=any(question.can_decide for question in questions),
        is_cut=services.open_approvals(request.user).count() > MOST_SHOWN,
        decided=_with_all(Approval.objects.exclude(state=Approval.State.OPEN)).order_by("-decided_at")[
            :NEWEST_DECIDED
        ],
    )


def _questions(user: Any) -> Iterator[Question]:
    """What this person can decide comes first."""
    mine = services.open_approvals(user)
    others = Approval.objects.filter(state=Approval.State.OPEN).exclude(pk__in=mine.values("pk"))
    for approvals_of, can_decide in ((mine, True), (others, False)):
        for approval in _with_all(approvals_of).order_by("pk")[:MOST_SHOWN]:
            yield _question(approval, can_decide)


def _question(approval: Approval, can_decide: bool) -> Question:
    if approval.run:
        figures = runs.kind_of(approval.run).totals(approval.run)
        return Question(approval, digest(approval), can_decide, figures=figures)
    order: Any = approval.order
    lines = preview_lines(order, warnings_for(order), ())
    sums = totals(line.payment for line in lines)
    problem = next(filter(None, (standing_obstacle(line.payment) for line in lines)), "")
    return Question(approval, digest(approval), can_decide, problem, lines, sums)
