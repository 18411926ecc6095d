"""Statuses of YClients' own messages, posted where it asked for them. The address carries the partner token."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
import structlog

from aiadmin.adapters.http_deadline import bounded_session, reason_within, within
from aiadmin.adapters.http_exchange import FAILURES, exchange
from aiadmin.adapters.yclients.http import Timeouts, answer_of
from aiadmin.domain.provider.order import OrderStatus, is_allowed_callback
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

MAX_BYTES = 64 * 1024
CURRENCY = "RUB"
"""Named because the protocol wants it; the sum is always 0."""


@dataclass(frozen=True, kw_only=True)
class HttpStatusPost:
    """`ports.yclients.StatusPost` over HTTP: bounded in time and size, never redirected, to `origins` alone."""

    origins: tuple[str, ...]
    ca_bundle: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)

    def post(self, url: str, statuses: Sequence[tuple[str, OrderStatus]]) -> HttpAnswer:
        if not is_allowed_callback(url, self.origins):  # it was, before the setting was changed
            return HttpAnswer(status=HTTPStatus.FORBIDDEN, body={}, message="not an allowed callback")
        started, reason = time.monotonic(), None
        try:
            with within(self.timeouts.total + self.timeouts.connect):
                answer = self._exchange(url, [_row(*each) for each in statuses])
        except FAILURES as error:
            # its own text would hold the address
            answer, reason = HttpAnswer(status=None, message=type(error).__name__), reason_of(reason_within(error))
        log.info(
            "told statuses",
            host=urlsplit(url).hostname,
            status=answer.status,
            said=answer.message,
            reason=reason,
            count=len(statuses),
            seconds=round(time.monotonic() - started, 3),
        )
        return answer

    def _exchange(self, url: str, rows: list[dict[str, object]]) -> HttpAnswer:
        with bounded_session() as session:
            reply = exchange(
                session,
                "POST",
                url,
                seconds=self.timeouts.total,
                connect_seconds=self.timeouts.connect,
                max_bytes=MAX_BYTES,
                json=rows,
                auth=_as_it_is,
                verify=self.ca_bundle or True,
            )
        return answer_of(reply.status, reply.headers, reply.content)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The address says who we are; a `.netrc` on the machine adds nothing."""
    return request


def _row(external_id: str, status: OrderStatus) -> dict[str, object]:
    return {"id": external_id, "status": int(status), "payment_sum": 0, "currency_iso": CURRENCY, "parts_amount": 1}
