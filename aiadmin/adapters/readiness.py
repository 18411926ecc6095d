"""Whether what we need is there: PostgreSQL, a Redis that takes writes, a session host."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys
from aiadmin.domain.errors import DependencyDownError
from aiadmin.masking import reason_of
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 2.0
"""A dependency that takes longer than this is as good as down."""
KEPT_SECONDS = 1.0
"""Seconds for which an answer is kept: the dependencies are asked once in this time."""
_KEY_SECONDS = 10


def take_write(redis: Redis) -> None:
    """Write a key that soon expires: a Redis that is full, or a replica, answers a PING and takes no job.

    Raises:
        RedisError: nothing can be written, so no job can be queued.
    """
    redis.set(keys.READY, 1, ex=_KEY_SECONDS)


class ReadinessProbe:
    """Call it: `{"postgresql": True, "redis": True, "host": True}`, two seconds at most.

    Args:
        is_stalled: whether a request already waits for PostgreSQL longer than it should.
    """

    def __init__(
        self, *, uow: NewUnitOfWork, redis: Redis, clock: Clock, is_stalled: Callable[[float], bool] = lambda _: False
    ) -> None:
        self._uow, self._redis, self._clock, self._is_stalled = uow, redis, clock, is_stalled
        self._lock = threading.Lock()
        self._known: Mapping[str, bool] = {}
        self._known_until = 0.0
        self._asking: dict[str, threading.Thread] = {}
        self._answers: dict[str, bool] = {}

    def __call__(self) -> Mapping[str, bool]:
        with self._lock:
            if time.monotonic() >= self._known_until:
                self._known = self._ask()
                self._known_until = time.monotonic() + KEPT_SECONDS
            return self._known

    def _ask(self) -> Mapping[str, bool]:
        self._answers = {"postgresql": False, "redis": False, "host": False}
        deadline = time.monotonic() + PATIENCE_SECONDS
        for name, check in (("postgresql", self._tables), ("redis", self._cache)):
            self._start(name, check)
        for thread in self._asking.values():
            thread.join(max(deadline - time.monotonic(), 0))
        answers = dict(self._answers)
        if self._is_stalled(PATIENCE_SECONDS):
            answers["postgresql"] = False
        return answers

    def _start(self, name: str, check: Callable[[dict[str, bool]], None]) -> None:
        """Ask in a thread of its own; one that still waits for its answer is not joined by another, so that a silent
        dependency holds one connection of ours at most."""
        asking = self._asking.get(name)
        if asking is None or not asking.is_alive():
            self._asking[name] = threading.Thread(target=check, args=[self._answers], daemon=True)
            self._asking[name].start()

    def _tables(self, answers: dict[str, bool]) -> None:
        try:
            with self._uow() as work:
                hosts = work.hosts.list_alive()
        except DependencyDownError as error:
            log.warning("not ready", error=str(error))
            return
        answers["postgresql"] = True
        answers["host"] = any(not host.draining for host in hosts)

    def _cache(self, answers: dict[str, bool]) -> None:
        try:
            take_write(self._redis)
        except RedisError as error:
            log.warning("not ready", error=f"Redis takes no job: {reason_of(error)}")
            return
        answers["redis"] = True
