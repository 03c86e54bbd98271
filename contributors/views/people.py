"""Fetching the list of contributors, and what to do when somebody is missing from it."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contributors import services
from contributors.forms import payable, payee_label
from contributors.models import Contributor
from contributors.sync import OUTVOICE
from contributors.views.access import CONNECT, CONNECT_OWN, PAY, PULL, changeable_orders, needs
from contributors.views.pages import fragment, page
from voicehub.sync.admin.searching import ShortJsonView
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.models.job import UNFINISHED, Operation
from voicehub.sync.services import TooLateError
from voicehub.sync.services import cancel as cancel_job

VIEW_PEOPLE = "contributors.view_contributor"
MISSING_PAGE = "admin:contributors_contributor_missing"
LIST_PAGE = "admin:contributors_contributor_changelist"
SHOWN_PULLS = 10
QUESTION_PAGE = "admin:contributors_contributor_question"


class PayeeJsonView(ShortJsonView):
    """The type-ahead of the pay form: only people who can be paid now, namesakes told apart."""

    def get_queryset(self) -> QuerySet[Contributor]:
        number = self.request.GET.get("order", "")
        pk = number if number.isdecimal() and len(number) < 19 else 0
        draft = changeable_orders(self.request.user).filter(pk=pk).select_related("requested_by").first()
        people = payable(services.current_connection(draft.requested_by if draft else self.request.user))
        return self.model_admin.get_search_results(self.request, people, self.term)[0]

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {"id": str(obj.pk), "text": payee_label(obj)}

    def has_perm(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(PAY)


@require_safe
def payees(request: HttpRequest) -> HttpResponseBase:
    return PayeeJsonView.as_view(admin_site=admin.site)(request)


@needs(PULL)
@require_POST
def pull(request: HttpRequest) -> HttpResponse:
    """Fetch the list now."""
    _fetch(request)
    return redirect(MISSING_PAGE if request.POST.get("from") == "missing" else LIST_PAGE)


@needs(VIEW_PEOPLE)
@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    """How somebody gets onto OutVoice's list, which only OutVoice can do."""
    return page(
        request,
        "missing.html",
        _("Not on the list?"),
        console_url=_console_url(request),
        **pull_context(request),
    )


def _console_url(request: HttpRequest) -> str:
    """OutVoice's own site; the sandbox's stand-in for it is not for everybody's eyes."""
    is_open = not settings.VOICEHUB_DEMO or request.user.has_perm("sandbox.view_outvoicepayment")
    return OUTVOICE.console_url() if is_open else ""


@needs(VIEW_PEOPLE)
@require_safe
def live_pull(request: HttpRequest) -> HttpResponse:
    """How the last fetch went, as things stand now."""
    return fragment(request, "_pull.html", **pull_context(request))


@needs(PULL)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest) -> HttpResponse:
    """A fetch that would make many contributors inactive asks first."""
    job = last_pull(request.user)
    if job is None or job.state != JobState.HELD:
        messages.info(request, _("No question is open about the list of contributors."))
        return redirect(LIST_PAGE)
    if request.method == "POST":
        return _answered(request, job)
    return page(request, "question.html", _("Are they really gone?"), job=job)


def _answered(request: HttpRequest, job: SyncJob) -> HttpResponse:
    match request.POST.get("answer"):
        case "gone":
            _fetch(request, is_confirmed=True)
        case "leave":
            _leave(request, job)
        case _:
            return redirect(QUESTION_PAGE)
    return redirect(LIST_PAGE)


def _fetch(request: HttpRequest, *, is_confirmed: bool = False) -> None:
    try:
        services.pull_contributors(user=request.user, is_confirmed=is_confirmed)
    except services.NotConnectedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("OutVoice's list is being fetched."))


def _leave(request: HttpRequest, job: SyncJob) -> None:
    try:
        cancel_job(job, user=request.user)
    except TooLateError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Left as it is. The next fetch will ask again if need be."))


def last_pull(user: Any) -> SyncJob | None:
    """The newest fetch of the list of this person's account."""
    return pulls(user).first()


def pulls(user: Any) -> QuerySet[SyncJob]:
    """All fetches of the list of this person's account, newest first."""
    connection = services.current_connection(user)
    return pulls_of([connection] if connection else [])


def pulls_of(accounts: Any) -> QuerySet[SyncJob]:
    """All fetches of the lists of these accounts, newest first."""
    keys: Any = accounts.values("pk") if isinstance(accounts, QuerySet) else [account.pk for account in accounts]
    jobs = SyncJob.objects.filter(model=Contributor._meta.label_lower, operation=Operation.PULL)
    return jobs.filter(object_id__in=keys).order_by("-id")


def pull_context(request: HttpRequest) -> dict[str, Any]:
    """What the panel about fetching shows."""
    newest = list(pulls(request.user).select_related("requested_by")[:SHOWN_PULLS])
    job = newest[0] if newest else None
    return {
        "connection": services.current_connection(request.user),
        "may_connect_own": request.user.has_perm(CONNECT_OWN),
        "pull": job,
        "earlier_pulls": newest[1:],
        "pull_is_moving": job is not None and job.state in UNFINISHED and job.state != JobState.HELD,
        "pull_asks": job is not None and job.state == JobState.HELD,
        "may_pull": request.user.has_perm(PULL),
        "may_connect": request.user.has_perm(CONNECT),
    }
