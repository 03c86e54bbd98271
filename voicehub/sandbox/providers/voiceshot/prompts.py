"""The prompts of a post: what is to be heard or read."""

from collections.abc import Sequence

from voicehub.sandbox.providers.voiceshot.reading import Element, child, children, has, text_of
from voicehub.sandbox.providers.voiceshot.words import refusal

PROMPTID, NO_TTS, NO_FILENAME, NO_PROMPT, NO_PROMPTS = 11, 12, 13, 14, 15
Prompt = dict[str, str]


def prompts_of(element: Element) -> list[Prompt]:
    """Those that stand in a campaign for all of its numbers, or in a number for itself. Raises RefusedError."""
    if child(element, "prompt") is not None:
        raise refusal(NO_PROMPTS)
    block = child(element, "prompts")
    if block is None:
        return []
    prompts = list(children(block, "prompt"))
    if not prompts or len(prompts) != len(block):
        raise refusal(NO_PROMPT)
    return [_read(prompt) for prompt in prompts]


def merged(common: Sequence[Prompt], own: Sequence[Prompt]) -> list[Prompt]:
    """The common ones by promptid, of which a number's own win."""
    return list({prompt.get("promptid", ""): prompt for prompt in (*common, *own)}.values())


def _read(prompt: Element) -> Prompt:
    if not has(prompt, "txt") and not text_of(prompt, "promptid"):
        raise refusal(PROMPTID)
    for name, errorid in (("tts", NO_TTS), ("filename", NO_FILENAME)):
        if has(prompt, name) and not text_of(prompt, name):
            raise refusal(errorid)
    return {str(name).lower(): str(value).strip() for name, value in prompt.attrib.items()}
