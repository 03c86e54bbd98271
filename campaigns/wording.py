"""What is said to a recipient: prompts of the campaign with the recipient's variables in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from campaigns.models import Attempt, Batch, Prompt
from campaigns.voiceshot import Call, Post, WirePrompt

# Machines read digits one by one.
SPOKEN = re.compile(r"\d|[^\W\d_]+(?:['’][^\W\d_]+)*")
SPOKEN_A_SECOND = 2.5
VARIABLE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,39})\}")


def variables_in(text: str) -> list[str]:
    """The names of the variables in a text in small letters, each once, in their order."""
    return list(dict.fromkeys(name.lower() for name in VARIABLE.findall(text)))


def variables_of(prompts: Iterable[Prompt]) -> list[str]:
    """The names of all variables that the prompts need."""
    return variables_in(" ".join(f"{prompt.text} {prompt.machine_text}" for prompt in prompts))


def filled(text: str, variables: Mapping[str, Any]) -> str:
    """A text with the variables in it, whose names are in small letters; one that is not there stays as it is."""
    return VARIABLE.sub(lambda found: str(variables.get(found[1].lower(), found[0])), text)


def spoken_seconds(text: str) -> float:
    """How many seconds a machine's voice takes for a text, about."""
    return len(SPOKEN.findall(text)) / SPOKEN_A_SECOND


def wire_prompt(prompt: Prompt, variables: Mapping[str, Any]) -> WirePrompt:
    """A prompt as VoiceShot gets it."""
    return WirePrompt(
        promptid=prompt.promptid,
        tts=filled(prompt.text, variables),
        filename=prompt.sound_file.name if prompt.sound_file else "",
        alttts=filled(prompt.machine_text, variables),
        transferto=prompt.transfer_to,
    )


def post_of(batch: Batch, attempts: Iterable[Attempt], prompts: Sequence[Prompt]) -> Post:
    """A batch as it is posted: what is the same for all stands once, what has variables with each number."""
    personal = [prompt for prompt in prompts if variables_of([prompt])]
    common = [prompt for prompt in prompts if prompt not in personal]
    return Post(
        menuid=batch.campaign.menu.menuid,
        caller_id=batch.campaign.shown_caller_id,
        calls=[_call(attempt, personal) for attempt in attempts],
        prompts=[wire_prompt(prompt, {}) for prompt in common],
    )


def _call(attempt: Attempt, personal: Iterable[Prompt]) -> Call:
    variables = attempt.recipient.variables
    return Call(attempt.number, attempt.callid, [wire_prompt(prompt, variables) for prompt in personal])
