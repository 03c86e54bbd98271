"""A call as a command: run by a real shell, it asks what was asked, with variables in place of what was masked."""

import shlex
import subprocess

import pytest

from voicehub.remote.redaction import MASK
from voicehub.sync.curl import as_curl
from voicehub.sync.models import Exchange

# Prints its arguments one a line, as `curl` would get them.
PRINT = 'curl() { printf "%s\\0" "$@"; }; '


def arguments(call, **variables):
    """What the shell hands to curl."""
    command = as_curl(call)
    assert MASK not in command
    ran = subprocess.run(
        ["/bin/sh", "-c", PRINT + command], capture_output=True, text=True, check=True, env=variables
    )
    return ran.stdout.split("\0")[:-1]


def call(**values):
    given = {"provider": "outvoice", "method": "POST", "url": "https://example.org/pay", "request_headers": {}}
    return Exchange(**given | values)


NASTY = """it's "$HOME" `id` $(id) \\ ! \n & ; é"""


def test_whatever_was_said_stands_in_the_command_as_it_was():
    made = call(request_body=NASTY, request_headers={"X-Note": "it's $HOME", "Host": "example.org"})
    assert arguments(made) == [
        *("-X", "POST", "--compressed", "https://example.org/pay"),
        *("-H", "X-Note: it's $HOME", "--data-raw", NASTY),
    ]


@pytest.mark.parametrize(
    ("values", "variable", "expected"),
    [
        ({"request_headers": {"Authorization": MASK}}, "OUTVOICE_TOKEN", "Authorization: Bearer s3 cret'"),
        ({"request_headers": {"auth_key": MASK}, "provider": "voitex"}, "VOITEX_TOKEN", "auth_key: s3 cret'"),
        ({"request_body": '{"password": "•••", "a": 1}'}, "OUTVOICE_PASSWORD", '{"password": "s3 cret\'", "a": 1}'),
        (
            {"url": "https://example.org/a?api_secret=•••&b=1"},
            "OUTVOICE_API_SECRET",
            "https://example.org/a?api_secret=s3 cret'&b=1",
        ),
    ],
)
def test_what_was_masked_is_a_variable_that_the_shell_fills_in(values, variable, expected):
    assert expected in arguments(call(**values), **{variable: "s3 cret'"})


def test_a_form_with_a_file_is_sent_part_by_part():
    body = (
        '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n@home\r\n--b\r\nContent-Disposition: form-data; '
    )
    body += 'name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n<90 bytes>\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    said = arguments(call(request_body=body, request_headers=headers, provider="voitex"), VOITEX_FILE="/tmp/a b.wav")
    assert said[4:] == ["--form-string", "text=@home", "-F", "file=@/tmp/a b.wav"]


def test_what_was_cut_off_when_it_was_kept_makes_no_command():
    assert as_curl(call(request_body="x" * 8000 + "…")) == ""
    assert shlex.split(as_curl(call(method="GET"))) == ["curl", "--compressed", "https://example.org/pay"]
