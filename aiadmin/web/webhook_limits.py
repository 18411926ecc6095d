"""How many webhooks a salon may send.

Counted here rather than by the extension that limits all else: it would look at each request twice, and a webhook is
the one request that comes by the thousand.
"""

from __future__ import annotations

import math
import time

import structlog
from limits import parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId

log = structlog.get_logger(__name__)


class WebhookLimits:
    """Per company, exact across processes; per process in memory while Redis is away.

    YClients sends every salon's webhooks from few addresses, so the address says nothing. Only who has shown the
    salon's key is counted: a stranger cannot use up a salon's share.
    """

    def __init__(self, container: Container) -> None:
        shared = RedisStorage(
            container.config.redis_url,
            connection_pool=container.redis.connection_pool,
            wrap_exceptions=True,
            key_prefix="aiadmin:webhooks",
        )
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._item = parse(f"{container.config.webhook_limit_per_minute}/minute")

    def count(self, company_id: CompanyId) -> None:
        """Count one webhook. Raises TooManyRequests when the company has had its share of this minute."""
        try:
            self._count(self._shared, str(company_id))
        except StorageError as error:
            log.warning("webhook limits count in memory", error=type(error.storage_error).__name__)
            self._count(self._own, str(company_id))

    def _count(self, limiter: MovingWindowRateLimiter, name: str) -> None:
        if not limiter.hit(self._item, name):
            left = limiter.get_window_stats(self._item, name).reset_time - time.time()
            raise TooManyRequests(retry_after=max(math.ceil(left), 1))
