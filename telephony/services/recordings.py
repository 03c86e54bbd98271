"""Putting recordings into Voitex's library, and what stands in it already."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from telephony.models import Recording, TriggerRule
from telephony.services.voitex import voitex_account
from telephony.trigger.answers import Answer, PlayFile
from telephony.trigger.conditions import ShapeError
from voicehub.common import audit, sounds
from voicehub.common.audio import Audio
from voicehub.common.sounds import delete_once_sure
from voicehub.sync import queue
from voicehub.sync.services import TooLateError


@dataclass(frozen=True)
class Place:
    """Where in the library something goes."""

    album: int
    sort: int

    def __str__(self) -> str:
        return f"{self.album}/{self.sort}"


def most_megabytes() -> str:
    """The largest file that may be uploaded, in megabytes."""
    return sounds.megabytes(settings.VOITEX_MAX_UPLOAD_BYTES)


def sound_of(file: File) -> Audio:
    """What an uploaded file holds. Raises ValidationError with the reason, for one that is too large as well."""
    return sounds.sound_of(file, settings.VOITEX_MAX_UPLOAD_BYTES)


def add_sound(file: File, place: Place, *, name: str, user: Any) -> Recording:
    """Keep a sound file and have it uploaded. Raises NotConnectedError, and ValidationError where it cannot be."""
    sound = sound_of(file)
    recording = _new(Recording.Kind.FILE, place, name, user)
    _take(recording, file, sound)
    return _save_and_send(recording, user)


def add_speech(text: str, place: Place, *, name: str, user: Any) -> Recording:
    """Have Voitex speak a text. Raises as `add_sound` does."""
    recording = _new(Recording.Kind.SPEECH, place, name, user)
    recording.text = text
    return _save_and_send(recording, user)


def send_again(recording: Recording, *, user: Any, place: Place, name: str, text: str = "") -> None:
    """Upload once more what surely did not happen, to another place if need be. Raises TooLateError, ValidationError.

    What may be at Voitex keeps its place.
    """
    with _taken_told(place), transaction.atomic():
        current = _locked(recording)
        if current.state not in Recording.NOT_THERE or current.removed_at:
            raise TooLateError(_("It cannot be uploaded again as it is: look at its state."))
        if not current.may_be_at_voitex:
            current.album, current.sort = place.album, place.sort
        current.name, current.text = name, text or current.text
        _send(current, user)


@transaction.atomic
def replace(recording: Recording, *, user: Any, file: File | None = None, text: str = "") -> None:
    """Have Voitex delete what has this place, and put this there (revision B). Raises TooLateError, ValidationError.

    What is uncertain may be sent again so: a second upload takes the place of the first.
    """
    current = _locked(recording)
    if not can_replace() or current.state not in (Recording.State.DONE, Recording.State.UNCERTAIN):
        raise TooLateError(_("It cannot be replaced as it is: look at its state."))
    if file is not None:
        delete_once_sure(current.file)
        _take(current, file, sound_of(file))
    if not (current.file or current.text):
        raise ValidationError({"file": _("Choose a file: our copy was deleted.")})
    current.text = text or current.text
    current.is_replacing, current.removed_at = True, None
    _send(current, user)
    audit.record("recording.replaced", user, current)


@transaction.atomic
def remove_copy(recording: Recording, *, user: Any) -> None:
    """Delete our copy. What may be at Voitex stays there, so its place stays taken. Raises TooLateError."""
    current = _locked(recording)
    if current.state in (Recording.State.WAITING, Recording.State.SENDING, Recording.State.HELD):
        raise TooLateError(_("It is on its way to Voitex. Wait until that has ended, or cancel it."))
    audit.record("recording.removed", user, current)
    delete_once_sure(current.file)
    if current.may_be_at_voitex:
        current.file, current.removed_at = "", timezone.now()
        current.save()
    else:
        current.delete()


def can_replace() -> bool:
    return settings.VOITEX_REVISION == "b"


def taken_in(album: int) -> dict[int, str]:
    """The names of what is known to have the places of an album, by sort number."""
    there = Recording.objects.filter(connection=voitex_account(), album=album)
    return dict(there.values_list("sort", "name"))


def free_sorts(album: int, first: int = 1) -> Iterator[int]:
    """The sort numbers of an album that are free as far as is known here, from `first` on."""
    taken = taken_in(album)
    return (sort for sort in count(first) if sort not in taken)


def next_sort(album: int) -> int:
    """The sort number behind the last one of an album that is known here."""
    return max(taken_in(album), default=0) + 1


def why_taken(place: Place, *, but_by: Recording | None = None) -> str:
    """Why nothing can be put there; empty when it is free, as far as is known here, or taken by `but_by`."""
    there = Recording.objects.filter(connection=voitex_account(), album=place.album, sort=place.sort).first()
    if there in (None, but_by):
        return ""
    words = _("%(place)s is taken by “%(name)s”. The next free one of this album is %(next)d.")
    return words % {"place": place, "name": there.name, "next": next_sort(place.album)}


def recordings_to_play() -> QuerySet[Recording]:
    """Those that rules may play, for the list that an editor offers."""
    return Recording.objects.filter(state=Recording.State.DONE).order_by("album", "sort")[:500]


def recording_at(played: PlayFile) -> Recording | None:
    """The recording of ours that a rule plays; None for what was put there without VoiceHub."""
    if not (played.album.isdecimal() and played.sort.isdecimal()):
        return None
    return Recording.objects.filter(album=int(played.album), sort=int(played.sort)).order_by("-pk").first()


def rules_playing(recording: Recording) -> Iterator[TriggerRule]:
    """The rules of hotlines that play it."""
    rules = TriggerRule.objects.select_related("hotline").only("name", "answer", "hotline__name")
    return (rule for rule in rules if (recording.album, recording.sort) in _played(rule.answer))


def _played(answer: Any) -> set[tuple[int, int]]:
    try:
        played = Answer.parse(answer).play
    except ShapeError:
        return set()
    files = [one for one in played if isinstance(one, PlayFile)]
    return {(int(one.album), int(one.sort)) for one in files if one.album.isdecimal() and one.sort.isdecimal()}


def _new(kind: str, place: Place, name: str, user: Any) -> Recording:
    if taken := why_taken(place):
        raise ValidationError(taken)
    return Recording(connection=voitex_account(), kind=kind, name=name[:255], requested_by=user, **asdict(place))


def _take(recording: Recording, file: File, sound: Audio) -> None:
    recording.file = file
    recording.size = file.size
    recording.sound_kind, recording.seconds = sound.kind, sound.seconds
    recording.sample_rate, recording.channels = sound.sample_rate, sound.channels


def _save_and_send(recording: Recording, user: Any) -> Recording:
    place = Place(recording.album, recording.sort)
    with _taken_told(place, recording.file), transaction.atomic():
        recording.save()
        queue.send_once(recording, user=user)
        audit.record("recording.added", user, recording)
    return recording


@contextmanager
def _taken_told(place: Place, file: FieldFile | None = None) -> Iterator[None]:
    """Tell in words that somebody else was faster, and keep no file of it."""
    try:
        yield
    except IntegrityError as error:
        if file:
            file.delete(save=False)
        raise ValidationError({"sort": why_taken(place)}) from error


def _send(recording: Recording, user: Any) -> None:
    recording.state, recording.message = Recording.State.WAITING, ""
    recording.save()
    queue.send_once(recording, user=user)


def _locked(recording: Recording) -> Recording:
    return Recording.objects.select_for_update().get(pk=recording.pk)
