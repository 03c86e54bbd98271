"""A call, from its first load to the one with `exiting=true`."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from urllib.parse import urljoin

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub.sandbox.providers.apidaze.calls.plan import Plan, Result
from voicehub.sandbox.providers.apidaze.calls.script import BadScriptError, Script, Verb, read
from voicehub.sandbox.providers.apidaze.calls.transcript import Ending, Load, Step, Transcript
from voicehub.sandbox.providers.apidaze.loading import Loaded, UnloadableError, load

MOST_LOADS = 20
HANGUP = "<hangup/>"
CAUSES = {
    Result.SUCCESS: "NORMAL_CLEARING",
    Result.BUSY: "USER_BUSY",
    Result.NO_ANSWER: "NO_USER_RESPONSE",
    Result.CALLER_HANGUP: "ORIGINATOR_CANCEL",
}
SIMPLE = {
    "answer": gettext_lazy("the call is answered"),
    "wait": gettext_lazy("the caller waits"),
    "ringback": gettext_lazy("this is what the caller hears while a dial rings"),
    "record": gettext_lazy("the recording begins"),
}
LASTING = {
    "conference": gettext_lazy("the caller is in the conference until they hang up"),
    "echo": gettext_lazy("the caller hears themselves until they hang up"),
    "intercept": gettext_lazy("the caller talks on the other call until they hang up"),
}

Loader = Callable[[str, Mapping[str, str], str], Loaded]


class _EndedError(Exception):
    def __init__(self, ending: Ending) -> None:
        super().__init__(ending)
        self.ending = ending


class SimulatedCall:
    """`run` makes the call and returns its transcript.

    `phones` tells by username which SIP accounts there are, and whether they are registered. `load` is asked for
    address, parameters and method, and raises UnloadableError.
    """

    def __init__(
        self, plan: Plan, url: str, phones: Mapping[str, bool], domain: str = "", load: Loader = load
    ) -> None:
        self._plan = plan
        self._url = url
        self._phones = phones
        self._domain = domain
        self._load_from = load
        self._digits = iter(plan.digits)
        self._results = iter(plan.results)
        self._variables: dict[str, str] = {}
        self._learnt: dict[str, str] = {}
        self._once: dict[str, str] = {}
        self._last_tag = HANGUP
        self._transcript = Transcript(str(uuid.uuid4()))

    def run(self) -> Transcript:
        try:
            for _number in range(MOST_LOADS):
                self._follow(self._fetch())
        except _EndedError as ended:
            self._transcript.ending = ended.ending
        self._say_goodbye()
        return self._transcript

    def _fetch(self) -> Script:
        """Load where the call stands and take in the variables; ends the call when that is of no use."""
        try:
            script = read(self._visit(self._url))
        except UnloadableError as error:
            raise _EndedError(Ending.UNLOADABLE) from error
        except BadScriptError as error:
            self._transcript.loads[-1].error = self._learnt["XML_error"] = str(error)
            raise _EndedError(Ending.BAD_SCRIPT) from error
        self._variables |= script.variables
        return script

    def _say_goodbye(self) -> None:
        """The last load, whose answer changes nothing any more."""
        self._learnt.setdefault("hangup_cause", CAUSES[Result.SUCCESS])
        with suppress(UnloadableError):
            self._visit(self._url, work_tag=self._last_tag, exiting="true")

    def _visit(self, url: str, **extra: str) -> Loaded:
        parameters = {**self._variables, **self._usual(url), **self._learnt, **self._once, **extra}
        self._once = {}
        visit = Load(self._plan.method, url, parameters)
        self._transcript.loads.append(visit)
        try:
            loaded = self._load_from(url, parameters, self._plan.method)
        except UnloadableError as error:
            visit.error = str(error)
            raise
        visit.status, visit.body = loaded.status, loaded.text
        return loaded

    def _usual(self, url: str) -> dict[str, str]:
        caller = self._plan.caller
        sip = {"sip_from_uri": f"{caller}@{self._domain}"} if caller else {}
        return {
            "session_id": self._transcript.session_id,
            "uuid": self._transcript.session_id,
            "destination_number": self._plan.destination_number,
            "caller_id_number": self._plan.caller_id_number,
            "caller_username": caller or "anonymous",
            "url": url,
            **sip,
        }

    def _follow(self, script: Script) -> None:
        """Do what the script says, until it leads elsewhere or is at its end: then the same is loaded again."""
        for verb in script.work:
            self._last_tag = verb.source
            address = self._do(verb)
            if address:
                self._url = urljoin(self._url, address)
                return

    def _do(self, verb: Verb) -> str:
        """Returns the address at which the call goes on, or nothing."""
        if verb.name in DEEDS:
            return DEEDS[verb.name](self, verb)
        if verb.name in LASTING:
            self._note(verb, str(LASTING[verb.name]))
            raise _EndedError(Ending.CALLER)
        self._note(verb, str(SIMPLE.get(verb.name, _("Apidaze does not know this"))))
        return verb.attribute("action") if verb.name == "wait" else ""

    def _hang_up(self, verb: Verb) -> str:
        self._note(verb, _("the call ends"))
        raise _EndedError(Ending.SCRIPT)

    def _say(self, verb: Verb) -> str:
        binds = [child for child in verb.children if child.name == "bind"]
        pressed = next(self._digits, "") if binds else ""
        chosen = next((bind for bind in binds if pressed and bind.fits(pressed)), None)
        self._note(verb, _heard(binds, pressed, chosen))
        if chosen is None:
            return ""
        self._once = {"dialed_digits": pressed}
        return chosen.attribute("action") or self._url

    def _dial(self, verb: Verb) -> str:
        result = next(self._results, self._usual_result(verb))
        self._note(verb, result, ", ".join(f"{target.name} {target.text}" for target in verb.children))
        self._learnt["hangup_cause"] = CAUSES[Result(result)]
        if result == Result.CALLER_HANGUP:
            self._aside(verb.attribute("caller-hangup-url"))
            raise _EndedError(Ending.CALLER)
        if result == Result.SUCCESS:
            self._aside(verb.attribute("answer-url"))
        self._learnt["bridge_status"] = result
        return verb.attribute("action") or self._url

    def _usual_result(self, verb: Verb) -> str:
        answers = (
            self._phones.get(target.text, False) if target.name == "sipaccount" else True for target in verb.children
        )
        return Result.SUCCESS if any(answers) else Result.NO_ANSWER

    def _aside(self, address: str) -> None:
        """What is loaded for the other side of the call; it is shown, and leads nowhere."""
        if address:
            with suppress(UnloadableError):
                self._visit(urljoin(self._url, address))

    def _note(self, verb: Verb, outcome: str, text: str = "") -> None:
        step = Step(verb.name, text or verb.text, verb.attributes, outcome)
        self._transcript.loads[-1].steps.append(step)


def _heard(binds: Sequence[Verb], pressed: str, chosen: Verb | None) -> str:
    if not binds:
        return _("the caller hears this")
    if not pressed:
        return _("the caller hears this and presses nothing")
    if chosen is None:
        return _("the caller presses %(keys)s, for which there is no bind") % {"keys": pressed}
    return _("the caller presses %(keys)s") % {"keys": pressed}


DEEDS: Mapping[str, Callable[[SimulatedCall, Verb], str]] = {
    "hangup": SimulatedCall._hang_up,
    "speak": SimulatedCall._say,
    "playback": SimulatedCall._say,
    "dial": SimulatedCall._dial,
}
