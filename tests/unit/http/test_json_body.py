"""JSON bodies: what two readers could understand in two ways is refused."""

from __future__ import annotations

import pytest

from aiadmin.web.http.json_body import BadJsonError, parse


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1} x',
        b'{"a": 1, "a": 2}',
        b'{"x": {"a": 1, "a": 2}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": "\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": ' + b"9" * 10_000 + b"}",
        b'{"a": "\x00"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_ambiguous_or_broken_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadJsonError):
        parse(body)


def test_plain_json_is_read() -> None:
    assert parse('{"имя": ["а", 1, 1.5, null, true]}'.encode()) == {"имя": ["а", 1, 1.5, None, True]}
