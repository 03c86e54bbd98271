"""The pages of a call script beside its editor: live check, publishing, versions, and what callers hear."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from telephony import services
from telephony.forms import TrialForm
from telephony.forms.script import TRY_FORM, plain_lines
from telephony.models import CallScript, ScriptVersion
from telephony.models.script import is_script_name
from telephony.publication import check_draft, comparison, publication_of, scripts_leading_to
from telephony.rehearsal import rehearse
from telephony.views.pages import needs, page

VIEW = "telephony.view_callscript"
CHANGE = "telephony.change_callscript"
PUBLISH = "telephony.publish_callscript"

CHANGED = gettext_lazy("Nothing was done: the script has changed since you looked. This is how it stands now.")


@needs(VIEW)
@require_POST
def check_script(request: HttpRequest) -> HttpResponse:
    """Look over a script and try it out: as somebody types it, else as `script` (the id of the record) has it."""
    stored = _stored_or_new(request.POST.get("script", ""))
    name = request.POST.get("name", stored.name)
    draft = plain_lines(request.POST.get("draft", stored.draft))
    return TemplateResponse(
        request, "admin/telephony/callscript/_check.html", looked_over(name, draft, TrialForm(request.POST))
    )


def looked_over(name: str, draft: str, trial: TrialForm) -> dict[str, Any]:
    """What the panel beside the editor shows."""
    name = name if is_script_name(name) else ""
    scenes = rehearse(name, draft, trial.call, presses=trial.presses, dial_results=trial.dial_results)
    return {
        "report": check_draft(draft, name) if draft else None,
        "scenes": list(scenes) if draft else [],
        "trial": trial,
        "try_form": TRY_FORM,
    }


@needs(PUBLISH)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What would change for callers; a POST makes it so."""
    script = _script_or_404(pk)
    if request.method == "POST":
        return _publish(request, script)
    plan = publication_of(script)
    before = script.published
    return page(
        request,
        "callscript/publish.html",
        _("Publish %s") % script,
        script=script,
        plan=plan,
        report=plan.report,
        lines=comparison(before.text if before else "", script.draft),
        is_same=not script.has_unpublished_changes,
        gained=_with_plus(script.draft_numbers, besides=before.numbers if before else []),
        lost=_with_plus(before.numbers if before else [], besides=script.draft_numbers),
        kept=_with_plus([number for number in script.draft_numbers if before and number in before.numbers]),
        shown=services.digest(script),
        unheard=services.why_unheard(),
    )


def _publish(request: HttpRequest, script: CallScript) -> HttpResponse:
    note = request.POST.get("note", "").strip()[:200]
    try:
        version = services.publish(script, shown=request.POST.get("shown", ""), note=note, user=request.user)
    except services.ChangedError:
        messages.warning(request, CHANGED)
        return redirect("admin:telephony_callscript_publish", script.pk)
    except services.NotPublishableError as why:
        messages.error(request, str(why))
        return redirect("admin:telephony_callscript_publish", script.pk)
    unheard = services.why_unheard()
    said = (
        _("Published, but nobody hears it yet.")
        if unheard
        else _("Published: callers hear version %d from now on.") % version.number
    )
    messages.success(request, said)
    return redirect(script)


@dataclass(frozen=True)
class Decision:
    """A question about what callers hear, with its answer in words."""

    title: Any
    meaning: Any
    button: Any
    done: Any
    carry_out: Callable[..., None]
    is_danger: bool = False
    ends_branches: bool = False


DECISIONS = {
    "unpublish": Decision(
        gettext_lazy("Stop using %s"),
        gettext_lazy(
            "Nobody hears it any more, and other scripts may answer its numbers. The draft and all versions stay: "
            "publishing it again brings it back."
        ),
        gettext_lazy("Stop using it"),
        gettext_lazy("Callers do not hear %s any more."),
        services.unpublish,
        is_danger=True,
        ends_branches=True,
    ),
    "make_default": Decision(
        gettext_lazy("Make %s the default"),
        gettext_lazy("Whoever calls a number that no script answers hears this one."),
        gettext_lazy("Make it the default"),
        gettext_lazy("%s answers every number that has no script of its own."),
        services.make_default,
    ),
    "end_default": Decision(
        gettext_lazy("Have no default instead of %s"),
        gettext_lazy("Whoever calls a number that no script answers is cut off."),
        gettext_lazy("Have no default"),
        gettext_lazy("%s is not the default any more. There is none now."),
        services.end_default,
        is_danger=True,
    ),
}


@needs(PUBLISH)
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, _script_or_404(pk), DECISIONS["unpublish"])


@needs(PUBLISH)
def make_default(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, _script_or_404(pk), DECISIONS["make_default"])


@needs(PUBLISH)
def end_default(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, _script_or_404(pk), DECISIONS["end_default"])


def _decide(request: HttpRequest, script: CallScript, decision: Decision) -> HttpResponse:
    """Ask on a page of its own; a POST carries it out, as far as the script is still what was shown."""
    if script.published is None:
        messages.warning(request, CHANGED)
        return redirect(script)
    if request.method == "POST":
        try:
            decision.carry_out(script, shown=request.POST.get("shown", ""), user=request.user)
        except services.ChangedError:
            messages.warning(request, CHANGED)
        else:
            messages.success(request, decision.done % script)
        return redirect(script)
    return page(
        request,
        "callscript/decide.html",
        decision.title % script,
        script=script,
        decision=decision,
        numbers=_with_plus(script.published.numbers),
        leading_here=scripts_leading_to(script.name) if decision.ends_branches else [],
        default=CallScript.objects.filter(is_default=True).exclude(pk=script.pk).first(),
        shown=services.digest(script),
    )


@needs(VIEW)
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    script = _script_or_404(pk)
    rows = script.versions.select_related("published_by").defer("text")
    return page(request, "callscript/versions.html", _("Versions of %s") % script, script=script, versions=rows)


@needs(VIEW)
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A version beside the draft; a POST copies it into the draft."""
    found = get_object_or_404(
        ScriptVersion.objects.select_related("script", "published_by"), script=pk, number=number
    )
    if request.method == "POST":
        return _restore(request, found)
    script = found.script
    return page(
        request,
        "callscript/version.html",
        str(found),
        script=script,
        version=found,
        numbers=_with_plus(found.numbers),
        lines=comparison(script.draft, found.text),
        is_draft=(found.text, found.numbers) == (script.draft, script.draft_numbers),
        may_restore=request.user.has_perm(CHANGE),
        shown=services.digest(script),
    )


def _restore(request: HttpRequest, found: ScriptVersion) -> HttpResponse:
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    try:
        services.restore(found, shown=request.POST.get("shown", ""), user=request.user)
    except services.ChangedError:
        messages.warning(request, CHANGED)
        return redirect("admin:telephony_callscript_version", found.script_id, found.number)
    messages.success(
        request, _("Version %d is the draft now. Callers do not hear it before it is published.") % found.number
    )
    return redirect(found.script)


def _script_or_404(pk: int) -> CallScript:
    return get_object_or_404(CallScript.objects.select_related("published"), pk=pk)


def _stored_or_new(pk: str) -> CallScript:
    stored = CallScript.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    return stored or CallScript()


def _with_plus(numbers: list[str], besides: list[str] | None = None) -> list[str]:
    return [f"+{number}" for number in numbers if number not in (besides or [])]
