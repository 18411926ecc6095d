"""How often a language model or a recogniser of speech is asked, and when it is left alone.

All processes know it, for each job has its own. Closed while Redis is away: neither is needed, and money must not
be spent uncounted.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys
from aiadmin.domain.chat.model.breaker import FAILURES, REST, WINDOW, is_resting
from aiadmin.domain.ids import CompanyId
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

_COUNTED = timedelta(days=2)


class RedisModelLimits:
    """`ports.language_model.ModelLimits` on Redis; a day is one of UTC.

    Args:
        most: questions of a salon on a day.
        name: of what is asked.
    """

    def __init__(self, redis: Redis, most: int, *, name: str = "model") -> None:
        self._redis, self._most, self._name = redis, most, name
        self._failures = keys.model_failures(name)

    def is_resting(self, now: datetime) -> bool:
        """See `ModelLimits.is_resting`."""
        try:
            found = cast("list[str | bytes]", self._redis.lrange(self._failures, 0, FAILURES - 1))
        except RedisError as error:
            log.warning("it is not asked: nobody knows how it does", name=self._name, error=reason_of(error))
            return True
        return is_resting([datetime.fromtimestamp(float(at), UTC) for at in found], now)

    def take(self, company_id: CompanyId, now: datetime) -> bool:
        """See `ModelLimits.take`; a question that is refused counts too, so that nothing has to be taken back."""
        key = keys.model_questions(self._name, company_id, f"{now:%Y%m%d}")
        try:
            with self._redis.pipeline() as pipeline:
                pipeline.incr(key)
                pipeline.expire(key, _COUNTED)
                count = pipeline.execute()[0]
        except RedisError as error:
            log.warning("it is not asked: nobody counts", name=self._name, error=reason_of(error))
            return False
        return int(count) <= self._most

    def failed(self, now: datetime) -> None:
        """See `ModelLimits.failed`."""
        try:
            with self._redis.pipeline() as pipeline:
                pipeline.lpush(self._failures, now.timestamp())
                pipeline.ltrim(self._failures, 0, FAILURES - 1)
                pipeline.expire(self._failures, WINDOW + REST)
                pipeline.execute()
        except RedisError as error:
            log.warning("a failure is not counted", name=self._name, error=reason_of(error))

    def answered(self) -> None:
        """See `ModelLimits.answered`."""
        try:
            self._redis.delete(self._failures)
        except RedisError as error:
            log.warning("an answer is not counted", name=self._name, error=reason_of(error))
