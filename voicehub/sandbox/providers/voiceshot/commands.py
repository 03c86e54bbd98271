"""Keys that are pressed in a call, one after the other, at the prompts to which the customer's answers lead."""

from collections.abc import Sequence

from lxml import etree

from voicehub.sandbox.providers.voiceshot.reports import Mailbox, is_taken, keypress

COMMANDS = {"goto", "filename", "tts", "transferto", "callerid", "dtmf"}
FIRST_PROMPT = "1"
Command = dict[str, str]


class Keypad:
    """`pressed` tells what was pressed where, `commands` what each press was answered with."""

    def __init__(self, menuid: str, callid: str, promptid: str = FIRST_PROMPT) -> None:
        self.pressed: list[dict[str, str]] = []
        self.commands: list[Command] = []
        self._menuid, self._callid, self._promptid = menuid, callid, promptid

    def press(self, mailbox: Mailbox, keys: Sequence[str]) -> None:
        """Each event is answered before the next key; a transfer ends what VoiceShot hears of the call."""
        for key in keys:
            self.pressed.append({"promptid": self._promptid, "keypress": key})
            status, text = mailbox.put(keypress(self._menuid, self._callid, self._promptid, key))
            command = read_command(status, text)
            self.commands.append(command)
            self._promptid = command.get("goto", self._promptid)
            if "transferto" in command:
                return


def read_command(status: int, text: str) -> Command:
    """What an answer orders: nothing, if it is empty. One that cannot be obeyed has an `error`."""
    if not is_taken(status):
        return {"error": f"{status} {text}"[:200]}
    if not text.strip():
        return {}
    try:
        element = etree.fromstring(text.strip().encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return {"error": str(error)}
    command = {str(name): str(value) for name, value in element.attrib.items()}
    is_one = element.tag == "prompt" and not len(element) and command and command.keys() <= COMMANDS
    return command if is_one else {"error": f"not understood: {text[:200]}"}
