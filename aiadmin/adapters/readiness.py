"""Whether what we need is there: PostgreSQL, Redis, a session host."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from redis import Redis, RedisError

from aiadmin.domain.errors import DependencyDownError
from aiadmin.services.ports import Clock, NewUnitOfWork

PATIENCE_SECONDS = 2.0
"""A dependency that takes longer than this is as good as down."""
KEPT_SECONDS = 1.0
"""However often somebody asks, the dependencies are asked once in this time."""


class Readiness:
    """Call it: `{"postgresql": True, "redis": True, "host": True}`, two seconds at most."""

    def __init__(self, *, uow: NewUnitOfWork, redis: Redis, clock: Clock) -> None:
        self._uow, self._redis, self._clock = uow, redis, clock
        self._lock = threading.Lock()
        self._known: Mapping[str, bool] = {}
        self._known_until = 0.0

    def __call__(self) -> Mapping[str, bool]:
        with self._lock:
            if time.monotonic() >= self._known_until:
                self._known = self._ask()
                self._known_until = time.monotonic() + KEPT_SECONDS
            return self._known

    def _ask(self) -> Mapping[str, bool]:
        answers = {"postgresql": False, "redis": False, "host": False}
        threads = [
            threading.Thread(target=check, args=[answers], daemon=True) for check in (self._tables, self._cache)
        ]
        deadline = time.monotonic() + PATIENCE_SECONDS
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0))
        return dict(answers)

    def _tables(self, answers: dict[str, bool]) -> None:
        try:
            with self._uow() as work:
                hosts = work.hosts.list_alive(self._clock())
        except DependencyDownError:
            return
        answers["postgresql"] = True
        answers["host"] = any(not host.draining for host in hosts)

    def _cache(self, answers: dict[str, bool]) -> None:
        try:
            self._redis.ping()
        except RedisError:
            return
        answers["redis"] = True
