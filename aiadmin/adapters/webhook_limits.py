"""How many webhooks a salon may send.

Counted where webhooks are stored, many at a time: a trip to Redis for each would cost a tenth of what the web process
can do, and a webhook is the one request that comes by the thousand.
"""

from __future__ import annotations

import time

import structlog
from limits import parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis

from aiadmin.domain.ids import CompanyId

log = structlog.get_logger(__name__)


class WebhookLimits:
    """Per company, exact across processes; per process in memory while Redis is away.

    YClients sends every salon's webhooks from few addresses, so the address says nothing. Only who has shown the
    salon's key is counted: a stranger cannot use up a salon's share.
    """

    def __init__(self, redis: Redis, redis_url: str, per_minute: int) -> None:
        shared = RedisStorage(
            redis_url, connection_pool=redis.connection_pool, wrap_exceptions=True, key_prefix="aiadmin:webhooks"
        )
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._item = parse(f"{per_minute}/minute")

    def admit(self, company_id: CompanyId, count: int) -> int:
        """Count up to `count` webhooks that came together; how many of them the company may still send."""
        try:
            return self._admit(self._shared, str(company_id), count)
        except StorageError as error:
            log.warning("webhook limits count in memory", error=type(error.storage_error).__name__)
            return self._admit(self._own, str(company_id), count)

    def wait(self, company_id: CompanyId) -> float:
        """Seconds until a refused company may send again."""
        try:
            stats = self._shared.get_window_stats(self._item, str(company_id))
        except StorageError:
            stats = self._own.get_window_stats(self._item, str(company_id))
        return max(stats.reset_time - time.time(), 0.0)

    def _admit(self, limiter: MovingWindowRateLimiter, name: str, count: int) -> int:
        """All at once where they fit; else one by one, as if they had come so."""
        if limiter.hit(self._item, name, cost=count):
            return count
        admitted = 0
        while admitted < count - 1 and limiter.hit(self._item, name):
            admitted += 1
        return admitted
