"""The specification's Redis keys of connect links.

`marketplace:token:{jti}` holds the company id and `marketplace:company:{id}:token` the jti, both for 24 hours.
Kept for whoever watches Redis, as specified. Which link is valid is PostgreSQL's knowledge (`companies.connect_jti`):
a revocation must hold even when Redis was away at that moment, so nothing here decides.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys
from aiadmin.adapters.tokens import LIFETIME
from aiadmin.domain.ids import CompanyId
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)


class RedisLinkCache:
    """`ports.connect_links.LinkCache` on Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def remember(self, links: Mapping[CompanyId, str]) -> None:
        if not links:
            return
        try:
            with self._redis.pipeline(transaction=True) as pipe:
                for company_id, jti in links.items():
                    pipe.set(keys.connect_token(jti), int(company_id), ex=LIFETIME)
                    pipe.set(keys.latest_connect_token(company_id), jti, ex=LIFETIME)
                pipe.execute()
        except RedisError as error:
            log.warning("connect links not cached", count=len(links), error=reason_of(error))

    def forget(self, jti: str) -> None:
        try:
            self._redis.delete(keys.connect_token(jti))
        except RedisError as error:
            log.warning("connect link not forgotten", error=reason_of(error))
