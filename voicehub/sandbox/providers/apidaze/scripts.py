"""External scripts: the one address from which a domain's instructions are loaded."""

from typing import Any
from urllib.parse import parse_qsl

from django.utils import timezone

from voicehub.sandbox.contract import Errand
from voicehub.sandbox.models import ApidazeScript
from voicehub.sandbox.providers.apidaze.accounts import record_id
from voicehub.sandbox.providers.apidaze.doors import Door, single
from voicehub.sandbox.providers.apidaze.loading import Loaded, UnloadableError, load
from voicehub.sandbox.wire import Answer, Request, json_answer

XML = "text/xml; charset=utf-8"
LONGEST_NAME = 40
SCHEMES = ("http://", "https://")


def list_scripts(door: Door, request: Request) -> Answer:
    return json_answer([door.show_script(script) for script in ApidazeScript.objects.order_by("pk")])


def read_script(door: Door, request: Request) -> Answer:
    return single(door.show_script(_find(door, request)))


def create_script(door: Door, request: Request) -> Answer:
    values = _values(door, door.form(request))
    if ApidazeScript.objects.exists():
        raise door.refusal(400, "This domain has an external script already.")
    now = timezone.now()
    script = ApidazeScript.objects.create(created_at=now, updated_at=now, **values)
    return single(door.show_script(script), door.scripts.created)


def change_script(door: Door, request: Request) -> Answer:
    script, values = _find(door, request), _values(door, door.form(request))
    for name, value in values.items():
        setattr(script, name, value)
    script.updated_at = timezone.now()
    script.save()
    return single(door.show_script(script), door.scripts.changed)


def delete_script(door: Door, request: Request) -> Answer:
    _find(door, request).delete()
    return Answer(door.scripts.deleted)


def test_script(door: Door, request: Request) -> Errand:
    """Load a script as a call would, with the parameters that were sent beside its address, and show its XML."""
    asked = dict(parse_qsl(request.query, keep_blank_values=True))
    asked.pop("api_secret", None)
    url = asked.pop("url", "") or request.form().get("url", "") or _registered_url(door)

    def run() -> Loaded | str:
        try:
            return load(url, asked | {"url": url})
        except UnloadableError as error:
            return str(error)

    def conclude(result: Loaded | str) -> Answer:
        if isinstance(result, str):
            raise door.refusal(400, f"The script could not be loaded. {result}")
        if result.status != 200:
            raise door.refusal(400, f"The script could not be loaded. It answers {result.status}.")
        return Answer(200, result.body, XML)

    return Errand(run, conclude)


def _registered_url(door: Door) -> str:
    script = ApidazeScript.objects.order_by("pk").first()
    if script is None:
        raise door.refusal(400, "url is required.")
    return script.url


def _find(door: Door, request: Request) -> ApidazeScript:
    script = ApidazeScript.objects.filter(pk=record_id(request.path, "externalscripts")).first()
    if script is None:
        raise door.refusal(404, "The external script does not exist.")
    return script


def _values(door: Door, form: dict[str, str]) -> dict[str, Any]:
    url, name = form.get("url", ""), form.get("name")
    if not url:
        raise door.refusal(400, "url is required.")
    if not url.startswith(SCHEMES):
        raise door.refusal(400, "url is not an address.")
    if name is not None and len(name) > LONGEST_NAME:
        raise door.refusal(400, "name is too long.")
    return {"url": url} | ({} if name is None else {"name": name})
