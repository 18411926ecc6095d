"""How many questions to YClients each visitor causes: exact across processes, per process while Redis is away."""

from __future__ import annotations

import hashlib

import structlog
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis

from aiadmin.adapters.redis import keys
from aiadmin.domain.install.visitor import SHARES, Standing
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)


class RedisVisitorShares:
    """`ports.visitor_shares.VisitorShares` on Redis."""

    def __init__(self, redis: Redis, redis_url: str) -> None:
        pool = redis.connection_pool
        shared = RedisStorage(redis_url, connection_pool=pool, wrap_exceptions=True, key_prefix=keys.VISITOR_LIMITS)
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())

    def take(self, standing: Standing, visitor: str) -> bool:
        """A visitor's name may be a signature: only a hash of it is kept, for the minutes that it counts."""
        share, name = SHARES[standing], hashlib.sha256(visitor.encode()).hexdigest()
        item = RateLimitItemPerSecond(share.most, share.seconds)
        try:
            return self._shared.hit(item, standing, name)
        except StorageError as error:
            log.warning("visitors are counted in memory", error=reason_of(error.storage_error))
            return self._own.hit(item, standing, name)
