"""Who may ask Voitex, how a form is read, and how it words a refusal."""

import json
import re
from collections.abc import Callable

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import VoitexAccount, VoitexHotline
from voicehub.sandbox.wire import JSON, Answer, Request, html_answer, json_answer

NO_KEY = "Authentication failed: the key is missing or wrong."
NO_DIGITS = re.compile(r"[^0-9]")
NUMBER = re.compile(r"1?([0-9]{10})")
Fields = dict[str, str]


def guard(act: Callable[[Fields, Request], Answer]) -> Callable[[Request], Answer]:
    """Let only requests in that have the key, under either of its names, and hand over their fields."""

    def guarded(request: Request) -> Answer:
        account = the_account()
        given = request.header("auth_key") or request.header("Auth-Key")
        if given.strip() != account.key:
            raise RefusedError(error(401, NO_KEY))
        return act(fields_of(request), request)

    return guarded


def the_account() -> VoitexAccount:
    return VoitexAccount.objects.get()


def fields_of(request: Request) -> Fields:
    """The fields of the form, without the blanks that stand around names and values in the documents."""
    return {name.strip(): value.strip() for name, value in request.form().items()}


def error(status: int, sentence: str) -> Answer:
    """What breaks behind the interface is told by the web server, which knows nothing of its JSON."""
    if status >= 500:
        return html_answer(sentence, status)
    return json_answer({"status": "error", "errors": [sentence]}, status)


def refusal(sentence: str) -> RefusedError:
    return RefusedError(error(400 if the_account().errors_as_4xx else 200, sentence))


def success(data: object = None, **more: object) -> Answer:
    told = {} if data is None else {"data": data}
    return json_answer({**told, "status": "success", **more, "errors": []})


def broken(text: str) -> Answer:
    """A body that means to be JSON."""
    return Answer(200, text.encode(), JSON)


def quoted(text: str) -> str:
    return json.dumps(text)


def needed(fields: Fields, name: str) -> str:
    """The value of a field. Raises RefusedError when it is empty or missing."""
    value = fields.get(name, "")
    if not value:
        raise refusal(f"{name} is required.")
    return value


def number(fields: Fields, name: str) -> str:
    """A number of ten digits, however it is written. Raises RefusedError when it is none."""
    digits = ten_digits(needed(fields, name))
    if not digits:
        raise refusal(f"{name} is not a phone number.")
    return digits


def ten_digits(text: str) -> str:
    """The digits of a number, without the 1 before them; "" for what is no number."""
    found = NUMBER.fullmatch(NO_DIGITS.sub("", text))
    return found[1] if found else ""


def hotline(fields: Fields, name: str) -> VoitexHotline:
    """The hotline whose number a field names."""
    found = VoitexHotline.objects.filter(did=number(fields, name)).first()
    if found is None:
        raise refusal(f"{name} is not a number of this account.")
    return found
