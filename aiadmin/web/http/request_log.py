"""One line and one measurement per request. The line has the route, never the address: addresses hold tokens."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv4Address

import structlog
from flask import Flask, Response, g, request
from werkzeug import Request

from aiadmin import logs
from aiadmin.config import AddressLog
from aiadmin.domain.metrics import Metric
from aiadmin.edge.peers import address_of, peer_of
from aiadmin.web.http.request_context import current_container, request_id

log = structlog.get_logger("aiadmin.access")

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
UNMATCHED = "unmatched"
_REFUSALS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "access refused",
    HTTPStatus.TOO_MANY_REQUESTS: "rate limit exceeded",
}
"""What an operator looks for in an attack by keys or floods: at warning, under a name of its own."""


def attach(app: Flask) -> None:
    """Give every request of `app` an id, a log line and a measurement."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = begin(request)


def begin(request: Request) -> str:
    """Give what is logged from here on the id of `request`, which is its sender's own or a new one."""
    given = request.headers.get(HEADER, "")
    request_id = given if _SANE.fullmatch(given) else secrets.token_hex(16)
    # the server reuses greenlets: what an earlier request bound must not show here
    structlog.contextvars.clear_contextvars()
    logs.blame(peer_of(request.remote_addr or ""))
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else UNMATCHED
    status = str(response.status_code)
    current_container().metrics.observe(
        Metric.HTTP_SECONDS, seconds, endpoint=route, method=method_name(request.method), status=status
    )
    event = _REFUSALS.get(response.status_code, "request")
    tell = log.warning if event != "request" else log.debug if _is_everyday(response.status_code) else log.info
    tell(
        event,
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        ip=caller(),
        **({"code": g.error_code} if "error_code" in g else {}),
    )
    response.headers[HEADER] = request_id()
    return response


def _is_everyday(status: int) -> bool:
    """Whether its line is left out: of a page's static files, and of a health check that succeeds."""
    if request.blueprint == "health":
        return status == HTTPStatus.OK
    return (
        request.endpoint == "static"
        and status < HTTPStatus.BAD_REQUEST
        and not current_container().config.is_production
    )


def method_name(method: str) -> str:
    """The method as a label: invented ones are one series."""
    return method if method in {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"} else "OTHER"


def caller() -> str:
    """The caller's address, as far as `LOG_ADDRESSES` lets a line hold it."""
    return logged_address(request.remote_addr or "", current_container().config.log_addresses)


def logged_address(address: str, how: AddressLog) -> str:
    """`address` whole, or its network."""
    return address if how is AddressLog.FULL else masked_ip(address)


@lru_cache(maxsize=1024)
def masked_ip(text: str) -> str:
    """The network of an address, not the person: /24 of IPv4, /48 of IPv6."""
    address = address_of(text)
    if address is None:
        return ""
    if isinstance(address, IPv4Address):
        return ".".join(str(address).split(".")[:3]) + ".0"
    return ":".join(address.exploded.split(":")[:3]) + "::"
