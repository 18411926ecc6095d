"""What a request asks for: numbers in paths, filters in queries, JSON in bodies. All raise RefusedError."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from aiohttp import web

from tests.fakes.yclients.refusals import InvalidError, RefusedError

_T = TypeVar("_T")
_API = "/api/v1"


def number(request: web.Request, name: str) -> int:
    """A number in the path; anything else is a page that does not exist."""
    text = request.match_info[name]
    if not text.isdigit():
        raise RefusedError(404, "Не найдено")
    return int(text)


def optional(request: web.Request, name: str) -> int | None:
    """A number in the query, or None."""
    text = request.query.get(name, "")
    if text and not text.lstrip("-").isdigit():
        raise InvalidError(**{name: "Значение должно быть числом"})
    return int(text) if text else None


def many(request: web.Request, name: str) -> list[int]:
    """Numbers in the query, in PHP's way: `staff_ids[]=1&staff_ids[]=2`."""
    return [int(text) for text in request.query.getall(f"{name}[]", []) if text.isdigit()]


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent."""
    try:
        sent = await request.json()
    except json.JSONDecodeError:
        sent = None
    if not isinstance(sent, dict):
        raise RefusedError(400, "Неверный формат запроса")
    return sent


def page(request: web.Request, rows: Sequence[_T], *, default: int, most: int = 200) -> tuple[int, list[_T]]:
    """Which page was asked for (`page`, `count`; the first is 1), and what is on it."""
    asked, size = optional(request, "page") or 1, optional(request, "count") or default
    return asked, cut(rows, asked, min(size, most))


def cut(rows: Sequence[_T], asked: int, size: int) -> list[_T]:
    """One page of these; the first is 1."""
    start = (max(asked, 1) - 1) * size
    return list(rows[start : start + size])


def get(path: str, handler: Any) -> list[web.RouteDef]:
    """A route of the REST API, which does not mind a slash at the end."""
    return [web.get(_API + path, handler), web.get(f"{_API}{path}/", handler)]


def route(method: str, path: str, handler: Any) -> web.RouteDef:
    """A route of the REST API that changes something."""
    return web.route(method, _API + path, handler)
