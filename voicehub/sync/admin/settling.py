"""Settling what is uncertain: a person looked at the provider and says here what is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
)

from voicehub.sync.admin.texts import refuse_control_characters
from voicehub.sync.models import JobState, Settlement, SyncJob
from voicehub.sync.registry import provider
from voicehub.sync.services import NotYetError, TooLateError, why_not_settle_absent


@dataclass(frozen=True)
class Case:
    """What somebody has to look for at the provider, and what the page says around it.

    `what` says in words what was sent, `facts` are pairs of a name and a value, `for_example` is a place to look at.
    `settle` writes the finding down; it takes and raises what `services.settle` does. `done_again_by` is a later
    record that did the same once more. `console_url` leads to the provider, `back_url` away from the page.
    """

    job: SyncJob
    title: str
    what: str
    for_example: str
    back_url: str
    console_url: str
    settle: Callable[..., Settlement]
    facts: Sequence[tuple[Any, Any]] = field(default_factory=list)
    done_again_by: Any = None


class SettleForm(forms.Form):
    """What a person found at the provider."""

    finding = forms.ChoiceField(
        choices=Settlement.Finding.choices,
        widget=UnfoldAdminRadioSelectWidget(),
        error_messages={"required": gettext_lazy("Say what you found.")},
    )
    looked_at = forms.CharField(
        label=gettext_lazy("Where I looked"),
        widget=UnfoldAdminTextInputWidget(),
        validators=[
            MaxLengthValidator(Settlement._meta.get_field("looked_at").max_length),
            refuse_control_characters,
        ],
        error_messages={"required": gettext_lazy("Say where you looked.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=UnfoldAdminExpandableTextareaWidget(),
        validators=[MaxLengthValidator(2000)],
    )

    def __init__(self, case: Case, data: Any = None) -> None:
        super().__init__(data)
        self.fields["finding"].label = _("I looked in %(provider)s") % {"provider": provider(case.job.provider).label}
        self.fields["looked_at"].help_text = case.for_example


def can_be_settled(job: SyncJob | None) -> bool:
    """Whether there is something to find out about it, or a finding to correct."""
    return job is not None and (job.state == JobState.UNCERTAIN or job.settlements.exists())


def settle_page(request: HttpRequest, case: Case) -> HttpResponse:
    """The form; posting it again later corrects what was said, and both stay in the record."""
    if not can_be_settled(case.job):
        messages.info(request, _("There is nothing to settle: it is known what became of it."))
        return redirect(case.back_url)
    form = SettleForm(case, request.POST or None)
    if form.is_valid() and _is_settled(request, case, form):
        return redirect(case.back_url)
    return _show(request, case, form)


def _is_settled(request: HttpRequest, case: Case, form: SettleForm) -> bool:
    try:
        case.settle(user=request.user, **form.cleaned_data)
    except NotYetError as error:
        form.add_error("finding", str(error))
        return False
    except TooLateError as error:
        messages.warning(request, str(error))
        return True
    messages.success(request, _("Recorded. It can be corrected later, and stays in the record."))
    return True


def _show(request: HttpRequest, case: Case, form: SettleForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": case.title,
        "media": form.media,
        "case": case,
        "form": form,
        "provider": provider(case.job.provider).label,
        "why_not_absent": why_not_settle_absent(case.job, request.user),
        "settlements": case.job.settlements.select_related("settled_by"),
    }
    return TemplateResponse(request, "admin/sync/settle.html", context)
