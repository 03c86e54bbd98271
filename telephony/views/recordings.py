"""The pages about recordings beside their list: uploading, speech, the library's map, listening, replacing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files import File
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from telephony import services
from telephony.forms.recording import MOST_AT_ONCE, AgainForm, ReplaceForm, SpeechForm, UploadForm
from telephony.models import Recording
from telephony.services import Place
from telephony.views.pages import MEDIA, needs, page
from voicehub.common.audio import CONTENT_TYPES, Kind
from voicehub.common.listening import sound_response
from voicehub.common.uploading import takes_sounds
from voicehub.sync.admin.states import badge
from voicehub.sync.services import TooLateError
from voicehub.sync.told import labelled

ADD = "telephony.send_recording"
VIEW = "telephony.view_recording"
UPLOAD_MEDIA = MEDIA + Media(js=["voicehub/upload.js"])
before_reading = takes_sounds(ADD, lambda: settings.VOITEX_MAX_UPLOAD_BYTES, MOST_AT_ONCE)


@before_reading
def upload(request: HttpRequest) -> HttpResponseBase:
    """A form; its files one by one from a script that shows how far they are, or all at once without."""
    form = (
        UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm(initial=_first(request))
    )
    is_script = request.headers.get("Accept") == "application/json"
    if request.method == "POST" and form.is_valid():
        return _uploaded(request, form, is_script=is_script)
    if is_script:
        told = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"error": told})
    return page(
        request,
        "recording/upload.html",
        _("Upload recordings"),
        media=UPLOAD_MEDIA,
        form=form,
        most=services.most_megabytes(),
        most_bytes=settings.VOITEX_MAX_UPLOAD_BYTES,
        opts=Recording._meta,
    )


def _uploaded(request: HttpRequest, form: UploadForm, *, is_script: bool) -> HttpResponseBase:
    if is_script:
        result = _take(form, form.place, form.cleaned_data["sounds"][0], request.user)
        if isinstance(result, Recording):
            return JsonResponse({"url": result.get_absolute_url(), "name": str(result)})
        return JsonResponse({"error": result})
    for file, result in _take_all(form, request.user):
        is_good = isinstance(result, Recording)
        words = _("%s is on its way to Voitex.") % result if is_good else labelled(file.name, result)
        messages.add_message(request, messages.SUCCESS if is_good else messages.ERROR, words)
    return redirect("admin:telephony_recording_changelist")


def _take_all(form: UploadForm, user: Any) -> Iterator[tuple[File, Recording | str]]:
    """What has become of each file: the first has the place that was typed, the others get the next free ones."""
    album, sort = form.place.album, form.place.sort
    free = services.free_sorts(album, sort + 1)
    for file in form.cleaned_data["sounds"]:
        result = _take(form, Place(album, sort), file, user)
        if isinstance(result, Recording):
            sort = next(free)
        yield file, result


def _take(form: UploadForm, place: Place, file: File, user: Any) -> Recording | str:
    """The recording that a file has become, or why it has become none."""
    try:
        return services.add_sound(file, place, name=form.name_of(file), user=user)
    except ValidationError as error:
        return " ".join(error.messages)
    except services.NotConnectedError as why:
        return str(why)


def _first(request: HttpRequest) -> dict[str, Any]:
    """The place that `?album=&sort=` names, else the next free one of that album."""
    album = _number(request, "album") or 1
    try:
        free = services.next_sort(album)
    except services.NotConnectedError:
        free = 1
    return {"album": album, "sort": _number(request, "sort") or free}


def _number(request: HttpRequest, name: str) -> int:
    """A number of an album or a recording in the address; 0 for none."""
    text = request.GET.get(name, "")
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else 0


@needs(ADD)
def taken(request: HttpRequest) -> JsonResponse:
    """What has the places of an album, for the script that proposes free ones."""
    album = _number(request, "album") or 1
    try:
        return JsonResponse({"taken": services.taken_in(album)})
    except services.NotConnectedError:
        return JsonResponse({"taken": {}})


@needs(ADD)
def speech(request: HttpRequest) -> HttpResponse:
    form = SpeechForm(request.POST if request.method == "POST" else None, initial=_first(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_speech(
                form.cleaned_data["text"], form.place, name=form.cleaned_data["name"], user=request.user
            )
        except (ValidationError, services.NotConnectedError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            return redirect(made)
    return page(request, "recording/speech.html", _("Text to speech"), form=form, opts=Recording._meta)


@dataclass(frozen=True)
class Slot:
    """A place of the map: a recording, or with `until` free places from `sort` on."""

    sort: int
    recording: Recording | None = None
    until: int = 0
    badge: str = ""


@needs(VIEW)
def library(request: HttpRequest) -> HttpResponse:
    """The map: album by sort number, what is taken and what is free as far as VoiceHub knows."""
    albums: dict[int, list[Recording]] = {}
    for recording in Recording.objects.order_by("album", "sort").defer("text", "message"):
        albums.setdefault(recording.album, []).append(recording)
    told = [(album, _slots(recordings), recordings[-1].sort + 1) for album, recordings in albums.items()]
    return page(
        request,
        "recording/library.html",
        _("Library map"),
        albums=told,
        may_add=request.user.has_perm(ADD),
        opts=Recording._meta,
    )


def _slots(recordings: list[Recording]) -> list[Slot]:
    slots, expected = [], 1
    for recording in recordings:
        if recording.sort > expected:
            slots.append(Slot(expected, until=recording.sort - 1))
        slots.append(Slot(recording.sort, recording, badge=badge(state_of(recording))))
        expected = recording.sort + 1
    return slots


def state_of(recording: Recording) -> str:
    """Its name in the table of states."""
    if recording.removed_at:
        return "kept_place"
    return "stored" if recording.state == Recording.State.DONE else recording.state


@needs(VIEW)
def listen(request: HttpRequest, pk: int) -> HttpResponseBase:
    recording = get_object_or_404(Recording, pk=pk)
    if not recording.file:
        raise Http404
    try:
        return sound_response(request, recording.file, CONTENT_TYPES[Kind(recording.sound_kind)])
    except FileNotFoundError:
        raise Http404 from None


@before_reading
def replace(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What replacing means, and what is to be there instead; a POST does it."""
    recording = get_object_or_404(Recording, pk=pk)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReplaceForm(data, files, initial={"text": recording.text})
    del form.fields["file" if recording.kind == Recording.Kind.SPEECH else "text"]
    if request.method == "POST" and form.is_valid():
        try:
            services.replace(recording, user=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except TooLateError as why:
            messages.warning(request, str(why))
            return redirect(recording)
        else:
            messages.success(request, _("It is on its way to Voitex."))
            return redirect(recording)
    return page(
        request,
        "recording/replace.html",
        _("Replace %s") % recording,
        form=form,
        recording=recording,
        rules=list(services.rules_playing(recording)),
        opts=Recording._meta,
    )


@needs(ADD)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """What surely did not get to Voitex, with what was said about it; a POST sends it once more."""
    recording = get_object_or_404(Recording, pk=pk)
    form = AgainForm(recording, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("name", "text") if name in form.cleaned_data}
        try:
            services.send_again(recording, user=request.user, place=form.place, **wanted)
        except ValidationError as error:
            form.add_error(None, error)
        except TooLateError as why:
            messages.warning(request, str(why))
            return redirect(recording)
        else:
            messages.success(request, _("It is on its way to Voitex."))
            return redirect(recording)
    title = _("Upload %s again") % recording
    return page(request, "recording/again.html", title, form=form, recording=recording, opts=Recording._meta)


@needs("telephony.delete_recording")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """What deleting our copy means; a POST does it."""
    recording = get_object_or_404(Recording, pk=pk)
    if request.method == "POST":
        try:
            services.remove_copy(recording, user=request.user)
        except TooLateError as why:
            messages.warning(request, str(why))
            return redirect(recording)
        messages.success(request, _("Our copy is deleted."))
        return redirect("admin:telephony_recording_changelist")
    return page(
        request,
        "recording/remove.html",
        _("Delete our copy of %s") % recording,
        recording=recording,
        rules=list(services.rules_playing(recording)),
        opts=Recording._meta,
    )
