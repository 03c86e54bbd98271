"""Three sides of a record, field by field: what was last agreed, what stands here, what stands at the provider.

Pure functions of values that JSON can hold. A field that a side does not name is one that nobody knows there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Values = Mapping[str, Any]


class Changed(StrEnum):
    """Where a field was changed since both sides last had the same in it."""

    HERE = "here"
    THERE = "there"
    BOTH = "both"


@dataclass(frozen=True)
class Difference:
    """A field in which the two sides differ. `agreed` is None when they never had the same in it."""

    name: str
    agreed: Any
    here: Any
    there: Any
    changed: Changed
    is_ignored: bool

    @property
    def is_open(self) -> bool:
        """Somebody has to say what is to become of it."""
        return not self.is_ignored


@dataclass(frozen=True)
class Sides:
    """`sent` holds, by field, values of ours that may have arrived although nobody saw an answer. `ignored` holds,
    by field, the pair of values (here, there) that a person has decided to leave as they are.
    """

    agreed: Values
    here: Values
    there: Values
    sent: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    ignored: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def differences(self) -> list[Difference]:
        return list(self._differences())

    def open_differences(self) -> list[Difference]:
        return [one for one in self._differences() if one.is_open]

    def conflicts(self) -> list[Difference]:
        """What was changed on both sides: sending ours would overwrite theirs in silence."""
        return [one for one in self._differences() if one.is_open and one.changed == Changed.BOTH]

    def to_send(self) -> dict[str, Any]:
        """Our values that the provider does not have yet; what was changed there alone stays as it is."""
        ours = {one.name: one.here for one in self._differences() if one.is_open and one.changed == Changed.HERE}
        return ours | {name: value for name, value in self.here.items() if self._is_unsaid(name)}

    def to_take_over(self) -> dict[str, Any]:
        """Their values of fields that were changed there alone; not where a person chose to keep what stands here."""
        return {
            one.name: one.there
            for one in self._differences()
            if one.changed == Changed.THERE and list(self.ignored.get(one.name, ()))[:1] != [one.here]
        }

    def agreed_now(self) -> dict[str, Any]:
        """What counts as agreed once the two sides have been seen."""
        same = {name: value for name, value in self.here.items() if name in self.there and self.there[name] == value}
        return {**self.agreed, **same}

    def _differences(self) -> Iterator[Difference]:
        for name, here in self.here.items():
            if name in self.there and self.there[name] != here:
                there = self.there[name]
                is_ignored = list(self.ignored.get(name, ())) == [here, there]
                yield Difference(name, self.agreed.get(name), here, there, self._changed(name), is_ignored)

    def _changed(self, name: str) -> Changed:
        there = self.there[name]
        if (name in self.agreed and there == self.agreed[name]) or there in self.sent.get(name, ()):
            return Changed.HERE
        if name in self.agreed and self.here[name] == self.agreed[name]:
            return Changed.THERE
        return Changed.BOTH

    def _is_unsaid(self, name: str) -> bool:
        """The provider did not say what it has there, and it may be something else than ours."""
        is_agreed = name in self.agreed and self.agreed[name] == self.here[name]
        return name not in self.there and not (is_agreed and not self.sent.get(name))
