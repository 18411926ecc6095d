"""Faults by the name of what is called, as files of conversations say them: `{"book_check": 433}`.

A fault hits the next call of its method; a list hits call by call, null being none; ``down`` hits every call.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.fakes.yclients.envelope import booking_failure, failure
from tests.fakes.yclients.refusals import BOOKING_WORDS, BookingError
from tests.fakes.yclients.settings import NO_RIGHTS, Settings

TIMEOUT_SAVED, TIMEOUT_UNSAVED, BROKEN_SAVED, DOWN = "timeout_saved", "timeout_unsaved", "502_saved", "down"
_WORDS = frozenset({TIMEOUT_SAVED, TIMEOUT_UNSAVED, BROKEN_SAVED, DOWN})
_SAVED = frozenset({TIMEOUT_SAVED, BROKEN_SAVED})
_TEXTS = {401: "Необходима авторизация", 403: NO_RIGHTS, 404: "Не найдено"} | {
    429: "Превышен лимит запросов. Повторите попытку через 1 секунд"
}
_ROUTES: tuple[tuple[str, str, str], ...] = (
    ("create", "POST", r"/(book_record|records)/\d+|/activity/\d+/\d+/book"),
    ("move", "PUT", r"/(book_record|record)/\d+/\d+"),
    ("cancel", "DELETE", r"/record/\d+/\d+|/user/records/\d+/\w+"),
    ("confirm", "PUT", r"/visits/\d+/\d+"),
    ("book_check", "POST", r"/book_check/\d+"),
    ("book_code", "POST", r"/book_code/\d+"),
    ("book_services", "GET", r"/book_services/\d+"),
    ("book_staff", "GET", r"/book_staff/\d+"),
    ("book_dates", "GET", r"/book_dates/\d+"),
    ("book_times", "GET", r"/book_times/\d+/\d+/.+"),
    ("book_staff_seances", "GET", r"/book_staff_seances/\d+/\d+"),
    ("own_record", "GET", r"/(book_record/\d+|user/records)/\d+/\w+"),
    ("activity", "GET", r"/activity/\d+/search"),
    ("records", "GET", r"/records?/\d+(/\d+)?|/visits/\d+"),
    ("clients", "GET", r"/clients?/\d+(/\d+)?"),
    ("clients", "POST", r"/company/\d+/clients/search"),
    ("services", "GET", r"/company/\d+/(services|service_categories)(/\d+)?"),
    ("schedule", "GET", r"/company/\d+/staff/schedule|/timetable/.+|/schedule/.+"),
    ("staff", "GET", r"/company/\d+/staff(/\d+)?"),
    ("company", "GET", r"/company/\d+(/settings/\w+)?"),
    ("permissions", "GET", r"/user/permissions/\d+"),
)
METHODS = frozenset(name for name, _, _ in _ROUTES)


def method_of(verb: str, path: str) -> str | None:
    """The name under which a call is made to fail, or None; `create` is whichever route makes a visit.

    >>> method_of("POST", "/api/v1/records/7"), method_of("GET", "/api/v1/book_times/7/0/2026-03-12")
    ('create', 'book_times')
    """
    asked = path.removeprefix("/api/v1").rstrip("/")
    return next((name for name, made, route in _ROUTES if made == verb and re.fullmatch(route, asked)), None)


class MethodFaults:
    """Those that wait for their call; a middleware."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._armed: dict[str, list[Any]] = {}

    def set(self, faults: Mapping[str, Any]) -> None:
        """These and no others; raises ValueError for a method or a fault that there is not."""
        armed = {name: list(fault) if _is_list(fault) else [fault] for name, fault in faults.items()}
        wrong = sorted(set(armed) - METHODS) + [
            each for many in armed.values() for each in many if not _is_fault(each)
        ]
        if wrong:
            raise ValueError(f"no such method or fault: {wrong}")
        self._armed = armed

    def middleware(self) -> Middleware:
        @web.middleware
        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            fault = self._take(method_of(request.method, request.path))
            if fault is None:
                return await handler(request)
            if fault in _SAVED:
                await handler(request)
            if isinstance(fault, int):
                return self._refusal(fault)
            if fault == BROKEN_SAVED:
                return _broken(502)
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

        return misbehave

    def _take(self, method: str | None) -> int | str | None:
        waiting = self._armed.get(method or "", [])
        if not waiting:
            return None
        found: int | str | None = waiting[0] if waiting[0] == DOWN else waiting.pop(0)
        return found

    def _refusal(self, fault: int) -> web.Response:
        if fault in BOOKING_WORDS:
            return booking_failure(BookingError(fault), says_code=self._settings.says_booking_code)
        return _broken(fault) if fault >= 500 else failure(fault, _TEXTS.get(fault, "Ошибка"))


def _broken(status: int) -> web.Response:
    """What a proxy in front says."""
    return web.Response(status=status, text="<html><body>Bad Gateway</body></html>", content_type="text/html")


def _is_list(fault: Any) -> bool:
    return isinstance(fault, Sequence) and not isinstance(fault, str)


def _is_fault(fault: Any) -> bool:
    return fault is None or fault in _WORDS or (isinstance(fault, int) and 300 <= fault <= 599)
