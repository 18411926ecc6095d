"""Try-outs of the bot, kept for an hour between their turns."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import cast

from redis import Redis, RedisError

from aiadmin.adapters.redis import keys
from aiadmin.domain.chat.remembered import RememberedChat
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.masking import reason_of
from aiadmin.storage.chat import codec

KEPT = timedelta(hours=1)


class RedisTryOuts:
    """A try-out by the name that its page has given it; each company has its own."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def load(self, company_id: CompanyId, name: str) -> RememberedChat:
        """The chat; a new one where none is known. Raises DependencyDownError."""
        try:
            kept = cast("bytes | None", self._redis.get(keys.try_out(company_id, name)))
        except RedisError as error:
            raise DependencyDownError("Redis", reason_of(error)) from error
        found = codec.read(RememberedChat, json.loads(kept)) if kept else None
        return found or RememberedChat()

    def save(self, company_id: CompanyId, name: str, chat: RememberedChat) -> None:
        """Keep it for an hour more. Raises DependencyDownError."""
        try:
            self._redis.set(keys.try_out(company_id, name), json.dumps(codec.as_data(chat)), ex=KEPT)
        except RedisError as error:
            raise DependencyDownError("Redis", reason_of(error)) from error
