"""What VoiceShot can be told to do while somebody is on the line: one call command, as the answer to an event."""

from lxml import etree

from campaigns.voiceshot import xml

NUMBERS = ("transferto", "callerid")


def command(**attributes: str) -> bytes:
    """A call command: `goto` a prompt, there with `filename` or `tts`; `transferto` with `callerid`; `dtmf`.

    Numbers are E.164, and what is empty is left out. Raises RejectedError for a number that VoiceShot does not reach.
    """
    written = {
        name: xml.ten_digits(value) if name in NUMBERS else xml.clean(value)
        for name, value in attributes.items()
        if value
    }
    return xml.written(etree.Element("prompt", written))
