from decimal import Decimal

import pytest

from voicehub.remote.errors import UnexpectedResponseError
from voicehub.remote.http import Response
from voicehub.remote.parsing import as_amount, as_integer, as_list, as_object, as_text, parse_json, parse_xml


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        (b"\xef\xbb\xbf[]", []),
        ('"Zoë"'.encode(), "Zoë"),
        (b" 1 ", 1),
    ],
)
def test_json_is_read(body, value):
    assert parse_json(body) == Response(200, {}, body).json() == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": 1} x',
        b'{"a": NaN}',
        b"[Infinity]",
        b"[-Infinity]",
        b"1e999",
        b"[-1e999]",
        b"9" * 5000,
        b"[" * 100_000,
        b'"\xff"',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "s3cret',
    ],
)
def test_what_is_no_strict_json_is_not_understood(body):
    with pytest.raises(UnexpectedResponseError) as failure:
        Response(200, {}, body).json()
    assert "s3cret" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_xml_is_read_with_white_space_before_it():
    root = parse_xml(b'\r\n <?xml version="1.0"?><campaign errorid="0" comment="ok" />\n')
    assert (root.tag, dict(root.attrib)) == ("campaign", {"errorid": "0", "comment": "ok"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b'<a DT:DT="x"/>'[:-2],
        b"<a>&undefined;</a>",
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY e "s3cret">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY e "x">]><a b="&e;"/>'.encode("utf-16"),
        b"<a>" + b"x" * 10_000_001 + b"</a>",
        b"<a>" * 100_000,
    ],
)
def test_xml_that_is_broken_or_reaches_out_is_not_understood(body):
    with pytest.raises(UnexpectedResponseError) as failure:
        parse_xml(body)
    assert "s3cret" not in str(failure.value)


def test_a_billion_laughs_are_not_laughed():
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    with pytest.raises(UnexpectedResponseError):
        parse_xml(f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a b="&e12;">&e12;</a>'.encode())


@pytest.mark.parametrize(
    ("read", "value", "result"),
    [
        (as_object, {"a": 1}, {"a": 1}),
        (as_list, [1], [1]),
        (as_text, "x", "x"),
        (as_text, 7, "7"),
        (as_integer, 7, 7),
        (as_integer, "007", 7),
        (as_amount, 15, Decimal(15)),
        (as_amount, -0.5, Decimal("-0.5")),
        (as_amount, "1234.50", Decimal("1234.50")),
    ],
)
def test_a_value_of_the_right_kind_is_given_back(read, value, result):
    assert read(value, "data") == result


@pytest.mark.parametrize(
    ("read", "value"),
    [
        *[(as_object, value) for value in (None, [], "s3cret", 1)],
        *[(as_list, value) for value in (None, {}, "s3cret", 1)],
        *[(as_text, value) for value in (None, [], {}, True, 1.5)],
        *[(as_integer, value) for value in (None, [], True, 1.5, "", "1.5", "-1", "s3cret", "٣", "9" * 30)],
        *[(as_amount, value) for value in (None, [], True, "", "s3cret", "1,5", "٣", "NaN", "1e3", 1e300, 10**12)],
    ],
)
def test_a_value_of_another_kind_is_named_by_its_place_and_not_quoted(read, value):
    with pytest.raises(UnexpectedResponseError, match=r"data\[0\]\.id") as failure:
        read(value, "data[0].id")
    assert "s3cret" not in str(failure.value)
