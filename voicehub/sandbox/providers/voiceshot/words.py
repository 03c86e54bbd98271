"""VoiceShot's answers, in the words of its page."""

from lxml import etree

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.wire import Answer

XML = "text/xml"
OK = 0
ERRORS = {
    1: "The IP address is not registered for this campaign.",
    2: "The free trial has ended.",
    3: "The XML is malformed or missing.",
    4: "No action was given.",
    5: "The menuid is missing.",
    6: "The callid is missing.",
    7: "General parse error.",
    8: "The phone number is missing.",
    9: "The caller id is missing or does not have 10 digits.",
    10: "The date or time is invalid.",
    11: "The promptid is missing or misplaced.",
    12: "The TTS text is missing.",
    13: "The filename is missing.",
    14: "The PROMPT tag is missing or misplaced.",
    15: "The PROMPTS tag is missing or misplaced.",
    16: "The PHONENUMBER tag is missing or misplaced.",
    17: "The PHONENUMBERS tag is missing or misplaced.",
    18: "The campaign tag is missing or misplaced.",
    19: "There is no campaign for this menuid.",
    20: "The file attributes are missing or wrong.",
    21: "The WAV format is invalid.",
}


def reply(errorid: int, comment: str) -> Answer:
    campaign = etree.Element("campaign", errorid=str(errorid), comment=comment)
    return xml_answer(etree.tostring(campaign, encoding="unicode"))


def xml_answer(text: str) -> Answer:
    return Answer(200, f'<?xml version="1.0"?>{text}'.encode("ascii", "xmlcharrefreplace"), XML)


def ok() -> Answer:
    return reply(OK, "ok")


def refusal(errorid: int) -> RefusedError:
    return RefusedError(reply(errorid, ERRORS[errorid]))
