"""Sound files of people: looked at when they are uploaded, and kept where nobody else gets at them."""

from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.functional import LazyObject
from django.utils.translation import gettext as _

from voicehub.common.audio import Audio, NotAudioError, inspect


class SoundStorage(LazyObject):
    """The storage of recordings, made when it is first used: a check tells of a fault in its settings before that."""

    def _setup(self) -> None:
        self._wrapped = storages["recordings"]

    def __bool__(self) -> bool:
        return True


sound_storage = cast(Storage, SoundStorage())


def sound_of(file: File, most_bytes: int) -> Audio:
    """What an uploaded file holds. Raises ValidationError with the reason, for one that is too large as well."""
    if file.size > most_bytes:
        words = _("The file is larger than %(most)s MB. Shorten it, or save it with a lower sample rate.")
        raise ValidationError(words % {"most": megabytes(most_bytes)})
    try:
        return inspect(_binary(file))
    except NotAudioError as why:
        raise ValidationError(str(why)) from why


def megabytes(count: int) -> str:
    """A number of bytes in megabytes, as people write it."""
    return f"{count / 1_000_000:g}"


def delete_once_sure(file: FieldFile) -> None:
    """Delete a file when the transaction is committed."""
    if name := file.name:
        transaction.on_commit(lambda: sound_storage.delete(name))


def _binary(file: Any) -> BinaryIO:
    """The open file behind what Django hands over."""
    file.open()
    return file.file if hasattr(file, "file") else file
