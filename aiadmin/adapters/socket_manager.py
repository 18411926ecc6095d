"""How the web process hears what other processes say to its sockets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import socketio
import structlog
from redis import RedisError

from aiadmin.adapters.redis_client import CONNECT_TIMEOUT_SECONDS
from aiadmin.adapters.rooms import CHANNEL

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 2.0
"""The library's own pause doubles up to a minute: a page would miss its codes that long after Redis is back."""


class ListeningManager(socketio.RedisManager):  # type: ignore[misc]
    """A RedisManager that is back within two seconds after Redis is.

    Attributes:
        on_return: called in the background whenever it listens again after it could not: events were lost meanwhile.
    """

    on_return: Callable[[], None]

    def __init__(self, redis_url: str) -> None:
        super().__init__(
            redis_url,
            channel=CHANNEL,
            redis_options={
                "socket_timeout": None,  # listening is waiting
                "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "socket_keepalive": True,
                "health_check_interval": 30,
            },
        )

    def _redis_listen_with_retries(self) -> Iterator[dict[str, Any]]:
        pause, was_away = FIRST_PAUSE_SECONDS, False
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                if was_away:
                    self.server.start_background_task(self.on_return)
                pause, was_away = FIRST_PAUSE_SECONDS, False
                yield from self.pubsub.listen()
            except RedisError as error:
                was_away = True
                log.warning("sockets wait for Redis", error=type(error).__name__)
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
