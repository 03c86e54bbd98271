"""What would happen on a call, step by step, without calling anybody.

It takes the reading of Apidaze's documents that surprises least: after `dial` the address in `action` is loaded, or
this script again where there is none; the keys pressed have to fit a `bind` as a whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from telephony.scripts import causes, patterns
from telephony.scripts.source import Element, Source, UnreadableError, read
from telephony.scripts.telling import attribute_of, destination, filled_for, seconds_of, tell, text_of

MOST_KEYS = 64


@dataclass(frozen=True)
class CallParameters:
    """The call to imitate. Numbers as Apidaze sends them: country code and digits. `variables` is whatever else is
    sent, by name: what an earlier `next_load` had in its parameters."""

    caller_id_number: str = "31612345678"
    destination_number: str = "31201234567"
    caller_username: str = ""
    session_id: str = "b57c0000-0000-4000-8000-000000000000"
    variables: Mapping[str, str] = field(default_factory=dict)

    def as_sent(self) -> dict[str, str]:
        """As Apidaze would send them with a load."""
        fixed = {
            "session_id": self.session_id,
            "uuid": self.session_id,
            "destination_number": self.destination_number,
            "caller_id_number": self.caller_id_number,
            "caller_username": self.caller_username,
        }
        return {**self.variables, **fixed}


@dataclass(frozen=True)
class NextLoad:
    """What Apidaze would load then, with the call's parameters and these. Without an address it is this script again;
    our own address stays a placeholder, with the name of a script in its query (`variables.script_named`)."""

    address: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """`line` is the line of the script, from 1. After a step with `next_load`, or that `ends`, nothing follows."""

    line: int
    text: str
    next_load: NextLoad | None = None
    ends: bool = False

    @property
    def is_last(self) -> bool:
        return self.ends or self.next_load is not None


def run(
    script: str | bytes,
    call: CallParameters,
    *,
    presses: Iterable[str] = (),
    dial_results: Iterable[str] = (),
) -> list[Step]:
    """The steps of one load of a script.

    `presses` are the keys pressed at each place that waits for some ("" for none), `dial_results` the bridge_status
    of each `dial`; where they run out, no key is pressed and somebody answers. An iterator is used up as far as the
    steps go, so that the next load can go on with it.
    """
    try:
        source = read(script)
    except UnreadableError as error:
        text = _("Apidaze cannot read this script, and the call probably ends. %s") % error
        return [Step(1, text, ends=True)]
    return list(_Run(source, call, presses, dial_results).steps())


class _Run:
    def __init__(
        self,
        source: Source,
        call: CallParameters,
        presses: Iterable[str],
        dial_results: Iterable[str],
    ) -> None:
        self._source = source
        self._fill = filled_for(call.as_sent())
        self._presses = iter(presses)
        self._dial_results = iter(dial_results)
        self._variables = dict(self._set_variables())

    def steps(self) -> Iterator[Step]:
        verbs = [verb for work in self._source.root.named("work")[:1] for verb in work.children]
        for verb in verbs:
            for step in self._carry_out(verb):
                yield step
                if step.is_last:
                    return
        yield self._again(verbs[-1] if verbs else self._source.root)

    def _set_variables(self) -> Iterator[tuple[str, str]]:
        for variables in self._source.root.named("variables"):
            for one in variables.children:
                yield one.name, text_of(one, "variables", self._fill)

    def _carry_out(self, verb: Element) -> Iterator[Step]:
        text = tell(verb, self._fill)
        if not text:
            yield self._step(verb, _("Apidaze does not know <%s>; what it does then is not known.") % verb.name[:40])
            return
        yield self._step(verb, text, ends=verb.name == "hangup")
        if verb.named("bind"):
            yield from self._wait_for_keys(verb)
        if verb.name == "dial":
            yield self._dialled(verb)
        if verb.name == "wait" and verb.value("action").strip():
            address = attribute_of(verb, "action", self._fill)
            yield self._step(verb, _("Then it loads %s.") % destination(address), NextLoad(address, self._variables))

    def _wait_for_keys(self, verb: Element) -> Iterator[Step]:
        time = seconds_of(attribute_of(verb, "input-timeout", self._fill))
        yield self._step(verb, _("Waits up to %s for a key.") % time if time else _("Waits for a key."))
        keys = "".join(key for key in next(self._presses, "") if key in patterns.KEYS)[:MOST_KEYS]
        if not keys:
            yield self._step(verb, _("No key is pressed, so it goes on."))
        elif bind := _fitting(verb.named("bind"), keys):
            address = attribute_of(bind, "action", self._fill)
            text = _("The caller presses %(keys)s, which fits %(bind)s. It loads %(address)s.")
            words = {"keys": keys, "bind": bind.text.text.strip(), "address": destination(address)}
            yield self._step(bind, text % words, NextLoad(address, {**self._variables, "dialed_digits": keys}))
        else:
            yield self._step(verb, _("The caller presses %s, which nothing fits, so it goes on.") % keys)

    def _dialled(self, verb: Element) -> Step:
        result = next(self._dial_results, "SUCCESS")
        address = attribute_of(verb, "action", self._fill)
        words = {"result": causes.rang(result), "status": result, "address": destination(address)}
        if address:
            text = _("%(result)s Afterwards it loads %(address)s with bridge_status=%(status)s.")
        else:
            text = _(
                "%(result)s Afterwards it loads this script again, with bridge_status=%(status)s, and would ring "
                "again. Name what is to be loaded in action."
            )
        return self._step(verb, text % words, NextLoad(address, {**self._variables, "bridge_status": result}))

    def _again(self, last: Element) -> Step:
        text = _(
            "Nothing is left to do and nothing has ended the call, so it loads this script again: a loop, which is "
            "sometimes wanted."
        )
        return self._step(last, text, NextLoad("", self._variables))

    def _step(self, element: Element, text: str, next_load: NextLoad | None = None, *, ends: bool = False) -> Step:
        return Step(self._source.line_of(element), text, next_load, ends)


def _fitting(binds: list[Element], keys: str) -> Element | None:
    """The first whose keys these are, else the first whose regular expression describes them."""
    expressions = []
    for bind in binds:
        wanted = bind.text.text.strip()
        if wanted == keys:
            return bind
        if wanted.startswith("~") and len(wanted) <= patterns.LONGEST:
            expressions.append((wanted.removeprefix("~"), bind))
    fits = patterns.fitting([expression for expression, _bind in expressions], keys)
    return next((bind for (_expression, bind), is_it in zip(expressions, fits, strict=False) if is_it), None)
