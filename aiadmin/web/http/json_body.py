"""JSON bodies, read strictly: what two readers could understand in two ways is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from flask import request
from werkzeug import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from aiadmin.edge.bodies import MAX_BODY_BYTES, limit_of

READ_BYTES = MAX_BODY_BYTES + 1
"""Werkzeug cuts a body without an announced length here, silently: one byte more than allowed gives the cut away."""
MAX_VALUES = 50_000
"""Commas and brackets of a body; each costs some 0.5 us to parse, so that a megabyte of `[],` would take 0.2 s."""


class BadJsonError(BadRequest):
    """The body is not one JSON object in UTF-8."""


def read_object() -> dict[str, Any]:
    """The body of the request in hand; see `object_of`."""
    return object_of(request)


def object_of(request: Request) -> dict[str, Any]:
    """The body of `request` as a JSON object.

    Raises:
        UnsupportedMediaType: the content type is not JSON.
        RequestEntityTooLarge: see `body_of`.
        BadJsonError: not an object; invalid UTF-8, a byte order mark, a repeated key, NaN, too deep, too many values.
    """
    return object_in(request, body_of(request))


def object_in(request: Request, body: bytes) -> dict[str, Any]:
    """`body`, which is that of `request`, as a JSON object. Raises as `object_of`."""
    if not request.is_json:
        raise UnsupportedMediaType
    value = parse(body)
    if not isinstance(value, dict):
        raise BadJsonError
    return value


def body_of(request: Request) -> bytes:
    """The body's bytes. Raises RequestEntityTooLarge: more than `edge.bodies` allows the route, announced or not."""
    return _within(limit_of(request.path), request, lambda _: request.get_data(cache=True))


def unread_body_of(request: Request, limit: int) -> bytes:
    """The same where nobody will ask for the body again: werkzeug's streams cost more than reading its JSON."""
    return _within(limit, request, request.environ["wsgi.input"].read)


def _within(limit: int, request: Request, read: Callable[[int], bytes]) -> bytes:
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    body = read(limit + 1)
    if len(body) > limit:
        raise RequestEntityTooLarge
    return body


def parse(body: bytes) -> object:
    """`body` as JSON. Raises BadJsonError."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        raise BadJsonError
    try:
        return _decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise BadJsonError from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice")
    return read


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_decode = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=_refuse).decode
