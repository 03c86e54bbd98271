"""The pages of a run: the upload, the preview, progress and outcome, and the buttons on them."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from voicehub.common.forms import UploadForm
from voicehub.common.models import Run, RunRow
from voicehub.common.runs import services, tables
from voicehub.common.runs.files import FileRefusedError
from voicehub.common.runs.kinds import RunKind, RunRefusedError, kind_of, kinds
from voicehub.common.runs.outcomes import live_of, outcome_of, rows_of, standing
from voicehub.sync.admin.states import badge
from voicehub.sync.admin.timelines import timeline_context
from voicehub.sync.export import Table, file_response
from voicehub.sync.signals import person_acted
from voicehub.sync.timeline import Kind, timeline
from voicehub.sync.told import in_your_language

MEDIA = Media(
    css={"all": ["voicehub/sync.css", "voicehub/contributors.css", "voicehub/runs.css"]}, js=["voicehub/live.js"]
)
LIST_PAGE = "admin:common_run_changelist"
ROWS_A_PAGE = 100
MOST_DOUBTFUL = 200

View = Callable[..., HttpResponseBase]


def of_visible_run(view: View) -> View:
    """Hand the run over instead of its key; what somebody may not see does not exist for them."""

    @wraps(view)
    def found(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        from voicehub.common.admin.runs import visible

        if not request.user.has_perm("common.view_run"):
            raise PermissionDenied
        return view(request, get_object_or_404(visible(request.user), pk=pk), **kwargs)

    return found


def act(is_allowed: Callable[[Any, Run], bool]) -> Callable[[View], View]:
    """A button on a run, for those whom `is_allowed` lets press it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, run: Run, **kwargs: Any) -> HttpResponseBase:
            if not is_allowed(request.user, run):
                raise PermissionDenied
            return view(request, run, **kwargs)

        return require_POST(of_visible_run(guarded))

    return decorate


def may_start(user: Any, run: Run) -> bool:
    """Only who made a run starts it or throws it away: the records will be theirs."""
    return run.requested_by_id == user.pk and may_repeat(user, run)


def may_repeat(user: Any, run: Run) -> bool:
    return kind_of(run).may_start(user)


def may_cancel(user: Any, run: Run) -> bool:
    return kind_of(run).may_cancel(user)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind_slug: str) -> HttpResponse:
    """The form for a file, and what has to stand in it."""
    kind = _kind(request, kind_slug)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = services.upload(kind, form.cleaned_data["file"], user=request.user)
        except FileRefusedError as error:
            form.add_error("file", str(error))
        else:
            return redirect(run)
    return _page(request, "new.html", str(kind.label), kind=kind, form=form, way_back=_way_to_list(request, kind))


@require_safe
def template(request: HttpRequest, kind_slug: str, file_format: str) -> HttpResponseBase:
    """A file with the headings and one example."""
    kind = _kind(request, kind_slug)
    return file_response(Table(f"{kind_slug}-template", *tables.template(kind)), file_format)


def show(request: HttpRequest, run: Run) -> HttpResponse:
    """The preview of a run, its progress or what became of it."""
    context = _context(request, run)
    if run.state == Run.State.READY:
        context |= _preview(run)
    happened = timeline_context(request, partial(timeline, run), [Kind.CHANGE])
    return _page(request, "run.html", run.title, **context, **happened)


@of_visible_run
@require_safe
def live(request: HttpRequest, run: Run) -> HttpResponse:
    """The run as it stands now, as a part of its page."""
    context = _context(request, run) | {"wants_preview": run.state == Run.State.READY}
    return TemplateResponse(request, "admin/common/run/_standing.html", context)


@of_visible_run
@require_safe
def rows(request: HttpRequest, run: Run, file_format: str) -> HttpResponseBase:
    """The lines that are shown, with what is wrong or became of them, as a file."""
    kind = kind_of(run)
    lines = tables.lines(kind, rows_of(run, request.GET.get("show", "")))
    person_acted.send(sender=Run, action="record.exported", actor=request.user, obj=run, reason="")
    name = slugify(f"{run.title}-{request.GET.get('show', '')}") or "lines"
    return file_response(Table(name[:80], tables.header(kind, run), lines), file_format)


@act(may_start)
def start(request: HttpRequest, run: Run) -> HttpResponse:
    """Carry out what the preview showed."""
    included = [int(pk) for pk in request.POST.getlist("include") if pk.isdecimal() and len(pk) < 19]
    try:
        services.start(
            run,
            user=request.user,
            shown=request.POST.get("shown", ""),
            included=included,
            knows_repeat="knows_repeat" in request.POST,
        )
    except services.ChangedError:
        messages.warning(request, _("This has changed since you looked. Nothing was started: please look again."))
    except RunRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _what_was_started(run))
    return redirect(run)


def _what_was_started(run: Run) -> str:
    run.refresh_from_db()
    if run.state == Run.State.HELD:
        return _("Nothing is sent yet: it waits, and you will be told what became of it.")
    return _("Started. This page follows by itself; you can leave it and come back.")


@act(may_cancel)
def cancel(request: HttpRequest, run: Run) -> HttpResponse:
    """Carry out nothing more of it."""
    try:
        services.cancel_rest(run, user=request.user)
    except RunRefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Nothing more of it is begun, and what has not been sent is taken back."))
    return redirect(run)


@act(may_start)
def discard(request: HttpRequest, run: Run) -> HttpResponse:
    try:
        services.discard(run, user=request.user)
    except RunRefusedError as error:
        messages.error(request, str(error))
        return redirect(LIST_PAGE)
    messages.success(request, _("Thrown away. Nothing was done."))
    return redirect(LIST_PAGE)


@act(may_repeat)
def again(request: HttpRequest, run: Run) -> HttpResponse:
    """A new run of what surely did nothing."""
    try:
        return redirect(services.again(run, user=request.user))
    except RunRefusedError as error:
        messages.warning(request, str(error))
    return redirect(run)


ACTS = (start, cancel, discard, again)


def _kind(request: HttpRequest, kind_slug: str) -> RunKind:
    kind = next((one for one in kinds() if one.slug == kind_slug and one.columns), None)
    if kind is None:
        raise Http404
    if not kind.may_start(request.user):
        raise PermissionDenied
    return kind


def _context(request: HttpRequest, run: Run) -> dict[str, Any]:
    kind, now = kind_of(run), standing(run)
    shown = request.GET.get("show", "")
    page = Paginator(rows_of(run, shown), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return {
        "run": run,
        "kind": kind,
        "way_back": _way_back(request, run, kind),
        "earlier_run": run.again_of,
        "standing": now,
        "state_badge": badge(now.state),
        "results": kind.results(run) if run.started_at else [],
        "shown": shown,
        "rows_page": page,
        "lines": _shown_lines(kind, page),
        "mark": f"{now.state} {now.done} {now.sentence}",
        "can_start": run.state == Run.State.READY and may_start(request.user, run),
        "can_discard": run.state in services.DISCARDABLE and may_start(request.user, run),
        "can_cancel": services.can_be_cancelled(run) and may_cancel(request.user, run),
        "can_do_again": _is_repeatable(run, now.is_moving) and may_repeat(request.user, run),
    }


def _way_back(request: HttpRequest, run: Run, kind: RunKind) -> tuple[str, str]:
    subject = kind.subject(run)
    if subject is None:
        return _way_to_list(request, kind)
    return subject.get_absolute_url(), _("Back to %(name)s") % {"name": subject}


def _way_to_list(request: HttpRequest, kind: RunKind) -> tuple[str, str]:
    """Address and words of the way to the list that the lines are about; to that of the runs where there is none."""
    opts: Any = (kind.record_model() or Run)._meta
    if not request.user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
        opts = Run._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return address, _("Back to the list: %(name)s") % {"name": opts.verbose_name_plural}


def _is_repeatable(run: Run, is_moving: bool) -> bool:
    has_ended = run.finished_at is not None and not is_moving
    return has_ended and next(kind_of(run).repeatable(run), None) is not None


def _shown_lines(kind: RunKind, page: Page) -> list[dict[str, Any]]:
    page_rows = list(page.object_list)
    live = live_of(kind, page_rows)
    return [_shown_line(kind, row, live) for row in page_rows]


def _shown_line(kind: RunKind, row: RunRow, live: Any = None) -> dict[str, Any]:
    outcome = outcome_of(row, live or {})
    return {
        "row": row,
        "badge": badge(outcome.state),
        "url": outcome.url,
        "title": kind.title_of(row),
        "effect": kind.effect_of(row),
        "said": [text for text in (*tables.said_about(kind, row), in_your_language(outcome.message)) if text],
    }


def _preview(run: Run) -> dict[str, Any]:
    kind = kind_of(run)
    doubtful = run.rows.filter(state=RunRow.State.DOUBTFUL).order_by("number")
    return {
        "notes": kind.notes(run),
        "adjusting": kind.adjusting(run),
        "totals": kind.totals(run),
        "start_label": kind.start_label(run),
        "has_lines": run.rows.filter(state__in=(RunRow.State.READY, RunRow.State.DOUBTFUL)).exists(),
        "has_bad_lines": run.rows.filter(state=RunRow.State.BAD).exists(),
        "digest": services.digest(run),
        "earlier": services.earlier_uploads(run).select_related("requested_by").first(),
        "doubtful": [_shown_line(kind, row) for row in doubtful[:MOST_DOUBTFUL]],
        "more_doubtful": max(0, doubtful.count() - MOST_DOUBTFUL),
    }


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
    frame = {**admin.site.each_context(request), "title": title, "content_title": title, "media": MEDIA}
    return TemplateResponse(request, f"admin/common/run/{name}", {**frame, **context})
