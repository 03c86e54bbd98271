"""Phoning a hotline in the browser: being the caller, pressing keys, and seeing why each rule matched or not."""

import json
from collections.abc import Mapping
from typing import Any

from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from telephony import services
from telephony.answering import read_script
from telephony.forms.simulator import CallerForm, told_by
from telephony.models import Hotline, HotlineStep
from telephony.trigger.answers import PlayFile
from telephony.trigger.matching import Situation
from telephony.trigger.record import request_from_json
from telephony.trigger.simulation import Turn, WrongKeyError, go_on, take_turn
from telephony.views.pages import MEDIA, needs, page

VIEW = "telephony.view_hotline"
PHONE_MEDIA = MEDIA + Media(js=["voicehub/hotline_phone.js"])


@needs(VIEW)
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Be the caller; `?step=` begins with a request of a call that was, as it was kept."""
    hotline = get_object_or_404(Hotline, pk=pk)
    step = _step_of(request, hotline)
    form = CallerForm(hotline, request.POST if request.method == "POST" else _told(step))
    turn, refusal = _turn(hotline, form, request.POST)
    after = {**_typed(form), **told_by(turn.request), "asking": turn.asking} if turn else {}
    return page(
        request,
        "hotline/phone.html",
        _("Phone %s") % hotline,
        media=PHONE_MEDIA,
        hotline=hotline,
        form=CallerForm(hotline, initial=after) if turn else form,
        # The same once more, unseen, behind the keys: two fields must not bear one id.
        unseen=CallerForm(hotline, initial=after, auto_id=False),
        turn=turn,
        heard=[_heard(one, request.user) for one in turn.plays] if turn else [],
        refusal=refusal,
        wire=json.dumps(turn.wire, indent=2, ensure_ascii=False) if turn else "",
        step=step,
    )


def _heard(one: Mapping[str, str], user: Any) -> dict[str, Any]:
    """What is played, with the sound itself where we have it and the person may hear it."""
    if one["type"] != "file":
        return {"text": one["text"]}
    recording = services.recording_at(PlayFile(one["album"], one["sort"]))
    is_here = recording is not None and bool(recording.file) and user.has_perm("telephony.view_recording")
    return {"album": one["album"], "sort": one["sort"], "recording": recording, "is_here": is_here}


def _step_of(request: HttpRequest, hotline: Hotline) -> HotlineStep | None:
    number = request.GET.get("step", "")
    if not number.isdecimal() or not request.user.has_perm("telephony.view_hotlinecall"):
        return None
    return HotlineStep.objects.filter(pk=number[:18], call__hotline=hotline).select_related("call").first()


def _told(step: HotlineStep | None) -> dict[str, Any] | None:
    """A call that was, as the form would be filled in for it."""
    if step is None:
        return None
    empty = CallerForm(step.call.hotline)
    told = told_by(request_from_json(step.request))
    typed = {name: empty.fields[name].prepare_value(value) for name, value in told.items()}
    return typed | {"asking": empty.fields["asking"].initial}


def _typed(form: CallerForm) -> dict[str, Any]:
    return {name: form.data.get(name, "") for name in ("at", "past_calls")}


def _turn(hotline: Hotline, form: CallerForm, pressed: Any) -> tuple[Turn | None, str]:
    """What the call is answered, after the key that was pressed; and why that key led nowhere."""
    if not form.is_valid():
        return None, ""
    script = read_script(hotline)

    def turn_of(call: Any, asking: str) -> Turn:
        told = form.cleaned_data["past_calls"]
        situation = Situation(
            call, form.cleaned_data["at"], lambda: script.past_calls(call) if told is None else told
        )
        return take_turn(script.rules, script.default, situation, asking)

    turn = turn_of(form.request, form.cleaned_data["asking"])
    if "press" not in pressed:
        return turn, ""
    try:
        return turn_of(*go_on(turn, pressed["press"].strip())), ""
    except WrongKeyError as why:
        return turn, str(why)
