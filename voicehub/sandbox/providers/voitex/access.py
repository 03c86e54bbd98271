"""Who may ask Voitex, how a form is read, and how it words a refusal."""

import json
import re
from collections.abc import Callable

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import VoitexAccount, VoitexHotline
from voicehub.sandbox.wire import JSON, Answer, Request, json_answer

NO_KEY = "Authentication failed: the key is missing or wrong."
NOT_A_NUMBER = "{field} is not a phone number."
TEN_DIGITS = re.compile(r"[0-9]{10}")
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
    """A number of ten digits, however it is written."""
    digits = "".join(filter(str.isdigit, needed(fields, name)))
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    if not TEN_DIGITS.fullmatch(digits):
        raise refusal(NOT_A_NUMBER.format(field=name))
    return digits


def hotline(fields: Fields, name: str) -> VoitexHotline:
    """The hotline whose number a field names."""
    found = VoitexHotline.objects.filter(did=number(fields, name)).first()
    if found is None:
        raise refusal(f"{name} is not a number of this account.")
    return found
