"""What people said at prompts, played in the browser."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from campaigns.models import InboundRecording
from campaigns.views.pages import needs
from voicehub.common.listening import sound_response

LISTEN = "campaigns.view_inboundrecording"


@needs(LISTEN)
def listen(request: HttpRequest, pk: int) -> HttpResponseBase:
    recording = get_object_or_404(InboundRecording, pk=pk)
    try:
        return sound_response(request, recording.file, "audio/wav")
    except FileNotFoundError:
        raise Http404 from None
