"""How many questions to a language model each salon may cause in a day: exact across processes.

Closed while Redis is away: a model is never needed, and money must not be spent uncounted.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys
from aiadmin.domain.ids import CompanyId
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

_KEPT = timedelta(days=2)


class RedisModelBudget:
    """`ports.language_model.ModelBudget` on Redis; a day is one of UTC."""

    def __init__(self, redis: Redis, most: int) -> None:
        self._redis, self._most = redis, most

    def take(self, company_id: CompanyId, now: datetime) -> bool:
        """See `ModelBudget.take`; a question that is refused counts too, so that nothing has to be taken back."""
        key = keys.model_questions(company_id, f"{now:%Y%m%d}")
        try:
            with self._redis.pipeline() as pipeline:
                pipeline.incr(key)
                pipeline.expire(key, _KEPT)
                count = pipeline.execute()[0]
        except RedisError as error:
            log.warning("the model is not asked: nobody counts", error=reason_of(error))
            return False
        return int(count) <= self._most
