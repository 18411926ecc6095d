"""A pool of connections to Redis that leaves one that fell silent alone for a while (a circuit breaker).

A command to a server that takes connections and answers nothing costs its whole timeout, twice; a request makes
several, each holding one of the pool's connections, and soon nobody has one. After the first that ended so, commands
fail at once for some seconds; then one PING, with little patience, decides.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from redis import BlockingConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.connection import Connection
from redis.exceptions import ConnectionError as NoConnectionError
from redis.exceptions import TimeoutError as SilentError
from redis.retry import Retry

REST_SECONDS = 5.0
PING_SECONDS = 1.0
SLOW_SECONDS = 3.0
"""A connect that fails after longer than this was no refusal: the resolver of its host's name is silent."""

T = TypeVar("T")


class Cooldown:
    """Until when a Redis is left alone. For any number of threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._until = clock, 0.0
        self._asking = threading.Lock()

    def begin(self) -> None:
        """It has not answered."""
        self._until = self._clock() + REST_SECONDS

    def is_over(self, answers: Callable[[], bool]) -> bool:
        """Whether commands may be sent: always but during a rest, after which one caller asks whether it answers."""
        if not self._until:
            return True
        if self._clock() < self._until or not self._asking.acquire(blocking=False):
            return False
        try:
            if answers():
                self._until = 0.0
            else:
                self.begin()
        finally:
            self._asking.release()
        return not self._until


class RestingRetry(Retry):
    """Tries once more, on a new connection, and begins the rest when that is not answered, either."""

    def __init__(self, rest: Cooldown) -> None:
        super().__init__(NoBackoff(), 1)
        self._rest = rest

    def __deepcopy__(self, _memo: object) -> RestingRetry:
        """redis-py gives each connection a copy; the rest is one."""
        return RestingRetry(self._rest)

    def call_with_retry(self, do: Callable[[], T], *arguments: Any, **named: Any) -> T:
        """As redis-py's. Raises RedisError."""
        began = time.monotonic()
        try:
            return super().call_with_retry(do, *arguments, **named)
        except (SilentError, NoConnectionError) as error:
            if isinstance(error, SilentError) or time.monotonic() - began > SLOW_SECONDS:
                self._rest.begin()
            raise


class RestingPool(BlockingConnectionPool):
    """The pool; `rest` is what its connections' `RestingRetry` knows, too."""

    def __init__(self, *, rest: Cooldown, **named: Any) -> None:
        self._rest = rest
        super().__init__(retry=RestingRetry(rest), **named)  # type: ignore[no-untyped-call]

    def get_connection(self, *_arguments: Any, **_named: Any) -> Connection:
        """A connection that is ours until it is released. Raises ConnectionError, at once during a rest."""
        if not self._rest.is_over(self._answers):
            raise NoConnectionError("Redis is silent; it is asked again in a moment")
        connection: Connection = super().get_connection()  # type: ignore[no-untyped-call]
        return connection

    def _answers(self) -> bool:
        patience = {"socket_timeout": PING_SECONDS, "socket_connect_timeout": PING_SECONDS}
        connection = self.connection_class(**self.connection_kwargs | patience | {"retry": Retry(NoBackoff(), 0)})
        try:
            connection.connect()
            connection.send_command("PING", check_health=False)
            connection.read_response()
        except RedisError:
            return False
        finally:
            connection.disconnect()
        return True
