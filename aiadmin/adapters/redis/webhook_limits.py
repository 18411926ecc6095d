"""How many webhooks a salon may send.

Counted where webhooks are stored, a whole batch in one trip to Redis: a trip for each would cost a tenth of what the
web process can do, and a webhook is the one request that comes by the thousand.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import NamedTuple, cast

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys, lua
from aiadmin.domain.ids import CompanyId
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60.0
AWAY_SECONDS = 10.0
"""How long Redis is left alone after a failure: one that hangs must not hold up every batch."""


class WebhookShare(NamedTuple):
    """How many of its webhooks a company may have stored, and how many seconds the others should wait."""

    admitted: int
    wait_seconds: float


class WebhookLimits:
    """A moving window per company, exact across processes; per process in memory while Redis is away.

    YClients sends every salon's webhooks from few addresses, so the address says nothing. Only who has shown the
    salon's key is counted: a stranger cannot use up a salon's share. For one thread.
    """

    def __init__(self, redis: Redis, limit: int, *, window_seconds: float = WINDOW_SECONDS) -> None:
        self._script = redis.register_script(lua.source("admit_webhooks"))
        self._limit, self._window = limit, window_seconds
        self._own: dict[CompanyId, deque[float]] = defaultdict(deque)
        self._redis_again_at = 0.0

    def admit(self, asked: Mapping[CompanyId, int]) -> Mapping[CompanyId, WebhookShare]:
        """Count what came together, by company. Never raises."""
        if time.monotonic() >= self._redis_again_at:
            try:
                return self._count_for_all(asked)
            except RedisError as error:
                log.warning("webhook limits count in memory", error=reason_of(error))
                self._redis_again_at = time.monotonic() + AWAY_SECONDS
        return {company_id: self._count_here(company_id, count) for company_id, count in asked.items()}

    def _count_for_all(self, asked: Mapping[CompanyId, int]) -> Mapping[CompanyId, WebhookShare]:
        names = [keys.webhook_limit(company_id) for company_id in asked]
        answer = cast("list[int]", self._script(names, [int(self._window * 1000), self._limit, *asked.values()]))
        self._own.clear()
        shares = zip(answer[::2], answer[1::2], strict=True)
        return {
            company_id: WebhookShare(admitted, wait / 1000)
            for company_id, (admitted, wait) in zip(asked, shares, strict=True)
        }

    def _count_here(self, company_id: CompanyId, asked: int) -> WebhookShare:
        times, now = self._own[company_id], time.monotonic()
        while times and times[0] <= now - self._window:
            times.popleft()
        admitted = min(asked, self._limit - len(times))
        times.extend([now] * admitted)
        return WebhookShare(admitted, times[0] + self._window - now if admitted < asked else 0)
