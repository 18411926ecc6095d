"""Who is connected, what each connection waits for, and which one goes when there is no room.

A server that gives each connection a slot is stopped by whoever holds all slots. Here a connection that only waits
keeps its place as long as nobody else needs it; deadlines, room and the end of the process all come down to closing
sockets from outside, which wakes whatever waits on them.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import gevent

ENVIRON_KEY = "aiadmin.connection"
"""Where in the WSGI environment the application finds its `Connection`, to say that it only waits."""
CLOSED_AT_ONCE = 100
"""One in so many makes room together: finding them costs a look at every connection."""
GOING_AWAY = b"\x88\x02\x03\xe9"
"""A websocket's close frame, code 1001 (RFC 6455): a browser comes back by itself."""


class Phase(StrEnum):
    """What a connection is doing. All but `WORKING` and `PAGE` only wait for their peer."""

    IDLE = "idle"  # nothing of a request has come
    READING = "reading"  # some of a request has come
    WORKING = "working"  # the application has it
    ANSWERING = "answering"  # the answer is being sent
    KNOCKING = "knocking"  # Socket.IO, not let in to anything yet
    PAGE = "page"  # Socket.IO, let in


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a peer may take, in seconds."""

    first: float = 15.0
    """From the connection to the first byte."""
    idle: float = 20.0
    """Between two requests. Behind a proxy it is gunicorn's `--keep-alive`, which must outlast the proxy's."""
    head: float = 15.0
    body: float = 15.0
    answer: float = 60.0


@dataclass(frozen=True, kw_only=True)
class ConnectionLimits:
    """What all connections may take together."""

    connections: int = 10_000
    per_peer: int | None = 512
    """How many of one address may wait at a time; None behind a proxy, where all come from one."""
    held_bytes: int = 32 * 1024 * 1024
    """Requests that have come in part."""


class Connection:
    """One TCP connection. Its greenlet says what it does; others may close it."""

    __slots__ = ("_count_bytes", "_greenlet", "deadline", "held", "is_websocket", "peer", "phase", "since", "socket")

    def __init__(self, sock: Any, peer: str, count_bytes: Callable[[int], None], deadline: float) -> None:
        self.socket, self._greenlet, self._count_bytes = sock, gevent.getcurrent(), count_bytes
        self.peer = peer
        self.phase, self.since, self.deadline = Phase.IDLE, time.monotonic(), deadline
        self.held, self.is_websocket = 0, False

    @property
    def is_waiting(self) -> bool:
        """Whether it only waits for its peer, who has not been let in to anything."""
        return self.phase is not Phase.WORKING and self.phase is not Phase.PAGE

    def enter(self, phase: Phase, seconds: float | None = None) -> None:
        """From now on it does this, for at most `seconds`."""
        now = time.monotonic()
        self.phase, self.since = phase, now
        self.deadline = now + seconds if seconds is not None else float("inf")

    def hold(self, count: int) -> None:
        """So many bytes of a request wait here for the rest of it."""
        self._count_bytes(count - self.held)
        self.held = count

    def close(self) -> None:
        """End it from outside: whatever waits for its peer gets an OSError."""
        if self.is_websocket:
            with contextlib.suppress(OSError):
                os.write(self.socket.fileno(), GOING_AWAY)
        elif self.phase in {Phase.KNOCKING, Phase.PAGE}:
            gevent.kill(self._greenlet, block=False)  # a poll waits for events, not for its socket
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class Connections:
    """All connections of this process."""

    def __init__(self, limits: ConnectionLimits, patience: Patience) -> None:
        self.limits, self.patience = limits, patience
        self._open: dict[Any, Connection] = {}
        self._of_peer: Counter[str] = Counter()
        self._held = 0

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, sock: Any, peer: str) -> Connection:
        """A new connection, at the cost of those that have waited the longest where there is no room."""
        now = time.monotonic()
        connection = Connection(sock, peer, self._count_bytes, now + self.patience.first)
        self._open[sock] = connection
        self._of_peer[peer] += 1
        share = self.limits.per_peer
        if share is not None and self._of_peer[peer] > share:
            waiting = [one for one in self._open.values() if one.peer == peer and one.is_waiting]
            if len(waiting) > share:
                min(waiting, key=lambda one: one.since).close()
        if len(self._open) > self.limits.connections:
            self._make_room(connection)
        return connection

    def of(self, sock: Any) -> Connection:
        """The connection of an open socket."""
        return self._open[sock]

    def leave(self, connection: Connection) -> None:
        """The connection is closed."""
        connection.hold(0)
        self._open.pop(connection.socket, None)
        self._of_peer[connection.peer] -= 1
        if not self._of_peer[connection.peer]:
            del self._of_peer[connection.peer]

    def sweep(self) -> None:
        """Close what has waited too long. To be called every second."""
        now = time.monotonic()
        for connection in [one for one in self._open.values() if one.deadline < now]:
            connection.close()

    def close_idle(self) -> None:
        """Close what no request is under way on: the process is about to end, and pages come back to another."""
        for connection in [one for one in self._open.values() if one.phase in _IDLE]:
            connection.close()

    def close_all(self) -> None:
        """Close everything."""
        for connection in list(self._open.values()):
            connection.close()

    def _count_bytes(self, more: int) -> None:
        self._held += more
        if more > 0 and self._held > self.limits.held_bytes:
            max(self._open.values(), key=lambda one: one.held).close()

    def _make_room(self, newest: Connection) -> None:
        count = max(self.limits.connections // CLOSED_AT_ONCE, 1)
        for connection in victims(one for one in self._open.values() if one is not newest)[:count]:
            connection.close()


_IDLE = frozenset({Phase.IDLE, Phase.KNOCKING, Phase.PAGE})


def victims(connections: Iterable[Connection]) -> list[Connection]:
    """Who goes first where there is no room: of the peer with the most waiting connections the oldest.

    Open pages come last, so that a webhook has a place however many there are; a page comes back by itself.
    """
    idle = [one for one in connections if one.phase is not Phase.WORKING]
    of_peer = Counter(one.peer for one in idle if one.is_waiting)
    return sorted(idle, key=lambda one: (one.phase is Phase.PAGE, -of_peer[one.peer], one.since))
