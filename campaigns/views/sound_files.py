"""The pages about sound files beside their list: uploading, replacing, listening."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from campaigns import services
from campaigns.forms.sound_files import ReplaceForm, UploadForm
from campaigns.models import SoundFile
from campaigns.services import sound_files
from campaigns.views.pages import needs, page
from voicehub.common.audio import CONTENT_TYPES, Kind
from voicehub.common.listening import sound_response
from voicehub.common.uploading import takes_sounds
from voicehub.sync.services import TooLateError

ADD, CHANGE, VIEW = (f"campaigns.{deed}_soundfile" for deed in ("add", "change", "view"))


def _most_bytes() -> int:
    return settings.VOICESHOT_MAX_UPLOAD_BYTES


@takes_sounds(ADD, _most_bytes)
def upload(request: HttpRequest) -> HttpResponseBase:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            sound = services.add_sound(user=request.user, **form.cleaned_data)
        except (ValidationError, services.NotConnectedError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, _("%s is on its way to VoiceShot.") % sound)
            return redirect(sound)
    return _page(request, "upload.html", _("Upload a sound file"), form)


@takes_sounds(CHANGE, _most_bytes)
def replace(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Another sound under the same name; a POST brings it to VoiceShot."""
    sound = get_object_or_404(SoundFile, pk=pk)
    form = ReplaceForm(request.POST, request.FILES) if request.method == "POST" else ReplaceForm()
    if request.method == "POST" and form.is_valid():
        try:
            services.replace_sound(sound, form.cleaned_data["file"], user=request.user)
        except ValidationError as error:
            form.add_error("file", error)
        except TooLateError as why:
            messages.warning(request, str(why))
            return redirect(sound)
        else:
            messages.success(request, _("%s is on its way to VoiceShot.") % sound)
            return redirect(sound)
    users = sound_files.campaigns_in_need(sound)
    return _page(request, "replace.html", _("Another sound for %s") % sound, form, sound=sound, users=users)


@needs(VIEW)
def listen(request: HttpRequest, pk: int) -> HttpResponseBase:
    sound = get_object_or_404(SoundFile, pk=pk)
    try:
        return sound_response(request, sound.file, CONTENT_TYPES[Kind.WAV])
    except FileNotFoundError:
        raise Http404 from None


def _page(request: HttpRequest, template: str, title: str, form: forms.Form, **context: Any) -> HttpResponseBase:
    most = sound_files.most_megabytes()
    return page(request, f"soundfile/{template}", title, form=form, most=most, opts=SoundFile._meta, **context)
