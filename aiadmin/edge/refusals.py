"""What a request that is no HTTP is answered: our usual error, without asking the application."""

from __future__ import annotations

import json
from http import HTTPStatus

from gunicorn.http import errors

from aiadmin.texts import ru

_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (errors.UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (errors.ParseException, HTTPStatus.BAD_REQUEST),
)


def status_of(error: errors.ParseException) -> HTTPStatus:
    """The answer to what the parser raised."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def refusal(status: HTTPStatus) -> bytes:
    """The whole answer, after which the connection closes."""
    body = json.dumps(
        {"success": False, "error": ru.ERRORS["bad-request"], "code": "bad-request"}, ensure_ascii=False
    ).encode()
    head = (
        f"HTTP/1.1 {int(status)} {status.phrase}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
