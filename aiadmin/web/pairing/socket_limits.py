"""How often sockets may come and ask. A moving window counts what was accepted: hammering prolongs nothing."""

from __future__ import annotations

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from aiadmin.adapters.redis import keys
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.metrics import Metric
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

_QUESTIONS = parse("20/minute")
_CODES = parse("5/10 minutes")
"""WhatsApp itself refuses a number that asks for pairing codes much more often."""


class SocketLimits:
    """Exact across processes; per process in memory while Redis is away."""

    def __init__(self, container: Container) -> None:
        config = container.config
        shared = RedisStorage(
            config.redis_url,
            connection_pool=container.redis.connection_pool,
            wrap_exceptions=True,
            key_prefix=keys.SOCKET_LIMITS,
        )
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._connects = parse(f"{config.socket_limit_per_minute}/minute")
        self._metrics = container.metrics

    def may_connect(self, address: str) -> bool:
        """Whether one more socket from `address` is within its share of a minute."""
        return self._hit(self._connects, "connect", address)

    def may_ask(self, company_id: CompanyId) -> bool:
        """Whether the company's pages may ask once more."""
        return self._hit(_QUESTIONS, "ask", str(company_id))

    def may_ask_code(self, company_id: CompanyId) -> bool:
        """Whether the company may have one more pairing code."""
        return self._hit(_CODES, "code", str(company_id))

    def _hit(self, item: RateLimitItem, *names: str) -> bool:
        try:
            is_within = self._shared.hit(item, *names)
        except StorageError as error:
            log.warning("socket limits count in memory", error=reason_of(error.storage_error))
            is_within = self._own.hit(item, *names)
        if not is_within:
            self._metrics.count(Metric.RATE_LIMIT_HITS, where="socket")
        return is_within
