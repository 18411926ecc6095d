"""YClients' looseness about types: the same field is a number here and a text there, and no object is an empty list.

What happens to a field follows from the seed, the thing's id and the field's name alone: the same question gets the
same answer, and a webhook may well spell it otherwise than REST.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.fakes.yclients.settings import Settings

_NUMBERS = {"duration", "seance_length", "length", "attendance", "visit_attendance", "active", "fired", "hidden"}
_PRICES = {"price_min", "price_max"}
_EMPTY = {"position", "image_group", "custom_fields"}
_STAMPS = {"datetime", "create_date", "last_change_date"}
UNKNOWN = {"brand_new_field": {"nested": [1, "two", None]}, "0": True}
"""Fields that nobody has documented; the second has been seen in life."""
REST, HOOK = "rest", "hook"


def mangled(data: Any, seed: int, where: str) -> Any:
    """The same data in looser types."""
    return _walked(data, f"{seed}:{where}", "")


def middleware(settings: Settings) -> Middleware:
    """Loosens the answers of the REST API while the settings say so."""

    @web.middleware
    async def loosen(request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        is_rest = request.path.startswith("/api/v1/") and isinstance(answer, web.Response)
        if settings.type_chaos is None or not is_rest or answer.status >= 400 or not answer.text:
            return answer
        body = json.loads(answer.text)
        answer.text = json.dumps(body | {"data": mangled(body.get("data"), settings.type_chaos, REST)})
        return answer

    return loosen


def _walked(value: Any, salt: str, key: str) -> Any:
    if isinstance(value, Mapping):
        mine = f"{salt}:{value.get('id', key)}"
        loose = {name: _loosened(name, _walked(each, mine, name), mine) for name, each in value.items()}
        return loose | UNKNOWN if "id" in value and _drawn(mine, "unknown", 2) else loose
    if isinstance(value, list):
        return [
            _walked(each, f"{salt}:{number}" if not _has_id(each) else salt, key) for number, each in enumerate(value)
        ]
    return value


def _has_id(value: Any) -> bool:
    return isinstance(value, Mapping) and "id" in value


def _loosened(name: str, value: Any, salt: str) -> Any:
    """One field, spelt as the dice say."""
    loosen = _way_for(name, value)
    return loosen(value, _drawn(salt, name, 4)) if loosen else value


def _way_for(name: str, value: Any) -> Callable[[Any, int], Any] | None:
    ways: tuple[tuple[bool, Callable[[Any, int], Any]], ...] = (
        (isinstance(value, bool), lambda flag, drawn: (flag, int(flag), str(int(flag)), flag)[drawn]),
        (name in _PRICES, lambda price, drawn: f"{price}.00" if drawn % 2 else price),
        (_is_id(name, value) or name in _NUMBERS, lambda number, drawn: str(number) if drawn % 2 else number),
        (
            name in _EMPTY,
            lambda thing, drawn: (thing, [])[drawn % 2] if name == "position" else thing or ([], {})[drawn % 2],
        ),
        (name in ("birth_date", "birthday") and not value, lambda _day, drawn: ("", 0, None, 0)[drawn]),
        (name == "phone" and str(value).isdigit(), lambda phone, drawn: int(phone) if drawn % 2 else phone),
        (name in _STAMPS and isinstance(value, str), _other_offset),
        (name == "client" and value is None, lambda _none, drawn: (None, [], {}, [])[drawn]),
    )
    return next((way for fits, way in ways if fits), None)


def _is_id(name: str, value: Any) -> bool:
    return (name == "id" or name.endswith("_id")) and type(value) is int


def _other_offset(stamp: str, drawn: int) -> str:
    """`+03:00` for `+0300`, and the other way round."""
    if drawn % 2 == 0 or len(stamp) < 5:
        return stamp
    return stamp[:-3] + stamp[-2:] if stamp[-3] == ":" else f"{stamp[:-2]}:{stamp[-2:]}"


def _drawn(salt: str, name: str, sides: int) -> int:
    return zlib.crc32(f"{salt}:{name}".encode()) % sides
