"""What Voitex tells of something that it has done. It may tell nothing: it is done all the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telephony.voitex.answers import Told, object_in, text_of

LONGEST_ID = 64
ID = re.compile(rf"[\w.:-]{{1,{LONGEST_ID}}}", re.ASCII)
DID_TYPES = ("TN", "TF")


@dataclass(frozen=True)
class SmsReceipt:
    """A text that Voitex took. `did_type`: TN for a telephone number, TF for a toll-free one. Either may be empty."""

    reference: str
    did_type: str

    @classmethod
    def parse(cls, told: Told, sender: str) -> "SmsReceipt":
        """The reference is the second `from`: what stands there and is not the `sender`, ten digits."""
        details = _details(told)
        reference = details.value("reference_id") or details.value("from")
        did_type = details.value("did_type").upper()
        return cls("" if reference == sender else reference[:LONGEST_ID], did_type if did_type in DID_TYPES else "")


def reference_of(told: Told) -> str:
    """The reference id of a call; empty where it is not told."""
    return told.value("reference_id")[:LONGEST_ID]


def recording_id(told: Told) -> str:
    """The id of a recording, alone or with others in `data`; empty where it is not told."""
    found = _details(told).value("id") or told.value("data")
    return found if ID.fullmatch(found) else ""


def _details(told: Told) -> Told:
    """What stands in `data`: an object, JSON as a text, or broken JSON, as a text or in the answer itself."""
    data: Any = told.document.get("data")
    if isinstance(data, Mapping):
        return Told(data, "")
    return Told(object_in(text_of(data).encode()), text_of(data)) if told.document else told
