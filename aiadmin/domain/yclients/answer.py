"""What an answer of YClients' REST API means, and whether to ask again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.domain.yclients.error import (
    AlreadyInstalledError,
    BlacklistedError,
    ForbiddenError,
    InvalidError,
    KeyRefusedError,
    NotFoundError,
    NotInstalledError,
    RateLimitedError,
    SlotBusyError,
    YClientsDownError,
    YClientsError,
)
from aiadmin.domain.yclients.http_answer import HttpAnswer

_BY_STATUS: Mapping[int, type[YClientsError]] = {
    HTTPStatus.UNAUTHORIZED: KeyRefusedError,
    HTTPStatus.PAYMENT_REQUIRED: ForbiddenError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.REQUEST_TIMEOUT: YClientsDownError,
    HTTPStatus.TOO_EARLY: YClientsDownError,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimitedError,
}
_BY_CODE: Mapping[int, type[YClientsError]] = {
    433: SlotBusyError,
    434: BlacklistedError,
    436: SlotBusyError,
    437: SlotBusyError,
}
"""YClients' own numbers of a booking that cannot be."""
_BY_WORDS: tuple[tuple[type[YClientsError], type[YClientsError], tuple[str, ...]], ...] = (
    (ForbiddenError, AlreadyInstalledError, ("уже установил", "already installed")),
    (NotFoundError, NotInstalledError, ("не установлен", "not installed")),
    (InvalidError, SlotBusyError, ("уже занято", "already taken")),
)
"""A narrower error than the status tells, when the message has one of these words."""


class CallResult(StrEnum):
    """What came of a call, for whoever counts calls."""

    DONE = "done"
    REFUSED = "refused"
    """YClients will not do it: a right is missing, a value is wrong, a time is taken."""
    LIMITED = "limited"
    """Too many calls from this address."""
    DOWN = "down"
    """No answer, or a breakdown."""


def result_of(error: YClientsError | None) -> CallResult:
    """What came of a call that ended in `error`.

    >>> result_of(None).value, result_of(SlotBusyError()).value, result_of(YClientsDownError()).value
    ('done', 'refused', 'down')
    """
    match error:
        case None:
            return CallResult.DONE
        case RateLimitedError():
            return CallResult.LIMITED
        case YClientsDownError():
            return CallResult.DOWN
    return CallResult.REFUSED


def error_of(answer: HttpAnswer) -> YClientsError | None:
    """The error that `answer` is, or None when YClients did what we asked."""
    kind = _kind(answer)
    if kind is None:
        return None
    return kind(
        status=answer.status,
        message=answer.message,
        code=code_of(answer.body),
        request_id=answer.request_id,
        wait=answer.wait,
    )


def _kind(answer: HttpAnswer) -> type[YClientsError] | None:
    status = answer.status
    if status is None or not HTTPStatus.OK <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return YClientsDownError
    if status in {HTTPStatus.NO_CONTENT, HTTPStatus.TOO_MANY_REQUESTS}:
        return _BY_STATUS.get(status)
    if answer.body is None or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return YClientsDownError
    if status < HTTPStatus.MULTIPLE_CHOICES and answer.body.get("success") is not False:
        return None
    return _narrowed(_BY_STATUS.get(status, InvalidError), answer)


def _narrowed(kind: type[YClientsError], answer: HttpAnswer) -> type[YClientsError]:
    by_code = _BY_CODE.get(code_of(answer.body) or 0)
    if by_code is not None:
        return by_code
    said = answer.message.lower()
    for wide, narrow, words in _BY_WORDS:
        if kind is wide and any(word in said for word in words):
            return narrow
    return kind


def code_of(body: Mapping[str, Any] | None) -> int | None:
    """YClients' own error number, from any of the places where it has been seen.

    >>> code_of({"errors": {"code": "433"}}), code_of({"meta": {"errors": {"code": 434}}}), code_of({"data": []})
    (433, 434, None)
    """
    given = body or {}
    meta = given.get("meta")
    for place in (given.get("errors"), meta.get("errors") if isinstance(meta, Mapping) else None, given.get("data")):
        code = place.get("code") if isinstance(place, Mapping) else None
        if isinstance(code, int | str) and str(code).isascii() and str(code).isdigit():
            return int(str(code)[:9])
    return None


TRIES = {Urgency.INTERACTIVE: 2, Urgency.UNKNOWN: 1, Urgency.SYNC: 4}
_RETRIES = Backoff(first=timedelta(seconds=1), longest=timedelta(seconds=10))


def pause_before_next(
    error: YClientsError, *, tries: int, urgency: Urgency, left: timedelta, jitter: float
) -> timedelta | None:
    """How long to wait before the same reading call is made again, or None when it is not.

    A change is never made again: it may have been done although the answer says nothing of it.

    Args:
        tries: how often it was made.
        left: how much of the caller's patience is left.
        jitter: a random number from 0 up to 1.
    """
    if tries >= TRIES[urgency] or not isinstance(error, YClientsDownError | RateLimitedError):
        return None
    if isinstance(error, RateLimitedError):
        return timedelta(0)  # the whole fleet is quiet: the wait for a turn is the pause
    pause = _RETRIES.wait(tries, jitter)
    return pause if pause < left else None
