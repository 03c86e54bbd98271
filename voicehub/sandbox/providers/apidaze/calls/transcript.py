"""What has happened on a call, load by load."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from voicehub.sandbox.models import ApidazeCall

Ending = ApidazeCall.Ending


@dataclass(frozen=True)
class Step:
    """One instruction and what came of it; `attributes` as they stand in the script."""

    verb: str
    text: str
    attributes: Mapping[str, str]
    outcome: str


@dataclass
class Load:
    """One visit to a script; `status` is None when there was no answer, and `error` says why it was of no use."""

    method: str
    url: str
    parameters: Mapping[str, str]
    status: int | None = None
    body: str = ""
    error: str = ""
    steps: list[Step] = field(default_factory=list)


@dataclass
class Transcript:
    """The whole call. Its last load is the one with `exiting`."""

    session_id: str
    loads: list[Load] = field(default_factory=list)
    ending: Ending = Ending.LOOP

    @property
    def steps(self) -> list[Step]:
        return [step for load in self.loads for step in load.steps]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
