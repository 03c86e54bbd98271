"""Who may ask Ourvoice, and how it words a refusal."""

from collections.abc import Mapping

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import OurvoiceAccount
from voicehub.sandbox.wire import JSON, Answer, Request, html_answer, json_answer

INVALID = 422
SENTENCES = {
    "Unauthenticated.": "Non authentifié.",
    "The given data was invalid.": "Les données fournies sont invalides.",
    "The {field} field is required.": "Le champ {field} est obligatoire.",
    "The {field} must be a string.": "Le champ {field} doit être une chaîne de caractères.",
    "The {field} must be an integer from 1 to 12.": "Le champ {field} doit être un entier entre 1 et 12.",
    "The {field} may not be longer than 255 characters.": "Le champ {field} ne peut dépasser 255 caractères.",
    "The selected {field} is invalid.": "Le champ {field} sélectionné est invalide.",
    "Give either app_id or app_name.": "Indiquez soit app_id, soit app_name.",
    "Insufficient balance.": "Solde insuffisant.",
    "Not Found": "Introuvable",
}


def signed_in(request: Request) -> OurvoiceAccount:
    """The account of the key; raises RefusedError when there is no key or a wrong one."""
    scheme, _, key = request.header("Authorization").partition(" ")
    account = OurvoiceAccount.objects.filter(key=key.strip()).first()
    if scheme.lower() != "bearer" or account is None:
        raise refusal(request, OurvoiceAccount.objects.first(), 401, "Unauthenticated.")
    return account


def invalid(request: Request, account: OurvoiceAccount, fields: Mapping[str, str]) -> RefusedError:
    """A refusal because of fields: sentences by field, with `{field}` for its name."""
    return refusal(request, account, INVALID, "The given data was invalid.", fields)


def refusal(
    request: Request,
    account: OurvoiceAccount | None,
    status: int,
    sentence: str,
    fields: Mapping[str, str] | None = None,
) -> RefusedError:
    if status in (401, INVALID) and JSON not in request.header("Accept"):
        return RefusedError(to_the_sign_in())
    is_french = bool(account and account.is_french)
    message = _said(sentence, is_french)
    texts = {name: _said(text, is_french).format(field=name) for name, text in (fields or {}).items()}
    if account and account.error_shape == OurvoiceAccount.ErrorShape.LIST:
        return RefusedError(list_error(status, message, list(texts.values()) or [message]))
    return RefusedError(error(status, message, {name: [text] for name, text in texts.items()}))


def error(status: int, sentence: str, errors: Mapping[str, list[str]] | None = None) -> Answer:
    """The shape with a map of errors, or with the message alone."""
    return json_answer({"message": sentence} | ({"errors": dict(errors)} if errors else {}), status)


def list_error(status: int, sentence: str, texts: list[str]) -> Answer:
    """The other shape: what was wrong stands where records would."""
    return json_answer({"success": False, "message": sentence, "data": texts}, status)


def to_the_sign_in() -> Answer:
    """What the server has for those who do not ask for JSON."""
    page = html_answer("Login", 302)
    return Answer(page.status, page.body, page.content_type, {"Location": "/login"})


def _said(sentence: str, is_french: bool) -> str:
    return SENTENCES[sentence] if is_french else sentence
