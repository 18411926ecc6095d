"""One HTTP call to YClients: bounded in time and size, never redirected, always answered by an `HttpAnswer`."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import structlog

from aiadmin.adapters.http_deadline import bounded_session, reason_within, within
from aiadmin.adapters.http_exchange import FAILURES, HttpReply, exchange
from aiadmin.domain.yclients.egress import DIRECT, Egress
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.masking import mask_text, reason_of

log = structlog.get_logger(__name__)

ACCEPT = "application/vnd.yclients.v2+json"
"""Without this media type newer partners are refused (Altegio's integration notes)."""
MAX_BYTES = 1024 * 1024
_MESSAGE_LENGTH = 150
_ID_LENGTH = 64
_LONGEST_WAIT_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds for one call; `total` counts from the first byte that we send to the last that we read.

    Together they are the call's deadline, however slowly anything drips.
    """

    connect: float = 5.0
    total: float = 10.0


@dataclass(frozen=True, kw_only=True)
class YClientsHttp:
    """Calls with the partner's key.

    Attributes:
        user_token: of the app's user at YClients; empty for the calls that need none.
        ca_bundle: a file of root certificates, or empty for the usual ones; YClients' `.ru` hosts may need it.
        max_bytes: how long a reply may be.
        keeps_connections: whether a thread's next call uses the connection of the one before. A connection that
            YClients closes meanwhile costs a call: only where the same call may be made again.
    """

    base_url: str
    partner_token: str = field(repr=False)
    user_token: str = field(default="", repr=False)
    ca_bundle: str = ""
    accept: str = ACCEPT
    max_bytes: int = MAX_BYTES
    keeps_connections: bool = False
    _kept: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        timeouts: Timeouts,
        egress: Egress = DIRECT,
    ) -> HttpAnswer:
        """Make one call by this way; no answer, a redirect, a page of HTML: all are answers."""
        started, reason = time.monotonic(), None
        try:
            with within(timeouts.total + timeouts.connect):
                reply = self._exchange(method, path, body, timeouts, egress)
        except requests.exceptions.ProxyError as error:
            name = type(error).__name__
            answer, reason = HttpAnswer(status=None, message=name, is_unsent=True), reason_of(reason_within(error))
        except FAILURES as error:
            answer, reason = HttpAnswer(status=None, message=type(error).__name__), reason_of(reason_within(error))
        else:
            answer = answer_of(reply.status, reply.headers, reply.content)
        log.info(
            "called YClients",
            method=method,
            path=path,
            status=answer.status,
            said=answer.message,
            reason=reason,
            yclients_request_id=answer.request_id,
            seconds=round(time.monotonic() - started, 3),
            egress=egress.name,
        )
        return answer

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None, timeouts: Timeouts, egress: Egress
    ) -> HttpReply:
        with self._session() as session:
            return exchange(
                session,
                method,
                self.base_url + path,
                seconds=timeouts.total,
                connect_seconds=timeouts.connect,
                max_bytes=self.max_bytes,
                json=body,
                headers={"Accept": self.accept},
                auth=_Bearer(self.partner_token, self.user_token),
                verify=self.ca_bundle or None,
                proxies={"http": egress.proxy, "https": egress.proxy} if egress.proxy else None,
            )

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        if not self.keeps_connections:
            with bounded_session() as session:
                yield session
            return
        if not hasattr(self._kept, "session"):
            self._kept.session = bounded_session()
            self._kept.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            _settle(self._kept.session, self.base_url)
        yield self._kept.session


def _settle(session: requests.Session, url: str) -> None:
    """Look once for the environment's proxies and certificates; `requests` looks through all of it for each call."""
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify, session.trust_env = found["proxies"], found["verify"], False


class _Bearer(requests.auth.AuthBase):
    """As an auth object, so that a `.netrc` on the machine never replaces our header."""

    def __init__(self, partner_token: str, user_token: str) -> None:
        user = f", User {user_token}" if user_token else ""
        self._header = f"Bearer {partner_token}{user}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def answer_of(status: int, headers: Mapping[str, str], content: bytes) -> HttpAnswer:
    """What came back, without trusting any of it.

    >>> answer_of(403, {}, b'{"meta": {"message": "No"}}').message
    'No'
    """
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        parsed = None
    body = parsed if isinstance(parsed, dict) else None
    return HttpAnswer(
        status=status,
        body=body,
        message=_message(body),
        wait=_wait(headers.get("Retry-After", "")),
        request_id=headers.get("X-Request-Id", "")[:_ID_LENGTH] or None,
    )


def _message(body: Mapping[str, Any] | None) -> str:
    """YClients puts its words into `meta.message` or, on older routes, into `errors.message`."""
    for part in ("meta", "errors"):
        found = (body or {}).get(part)
        text = found.get("message") if isinstance(found, dict) else None
        if isinstance(text, str) and text:
            return mask_text(text.replace("\x00", ""))[:_MESSAGE_LENGTH]
    return ""


def _wait(header: str) -> timedelta:
    is_number = header.isascii() and header.isdigit()
    return timedelta(seconds=min(int(header[:9]), _LONGEST_WAIT_SECONDS) if is_number else 0)
