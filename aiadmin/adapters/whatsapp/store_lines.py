"""A deadline for the library's own connections to PostgreSQL.

Its driver (Go's lib/pq) knows a timeout for connecting and none for an answer, so after a failover without RST a
session would wait as long as the kernel lets it: a quarter of an hour, or for ever where a proxy acknowledges. Nobody
can reach into the library, but its sockets are this process's, and the kernel tells when data last came on each
(`struct tcp_info`). The server closes what is idle for a second (`store.IDLE_SECONDS`) and ends a statement after 15,
so a connection that has heard nothing for longer is dead: it is shut down, and the driver opens another.

On Linux; elsewhere the kernel's own timeouts are all there is.
"""

from __future__ import annotations

import functools
import logging
import os
import socket
import stat
import struct
import sys
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from aiadmin.storage.connection import STATEMENT_SECONDS, USER_TIMEOUT_MS

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = STATEMENT_SECONDS + 5
"""Longer than PostgreSQL gives a statement."""
_SHORTEST_PAUSE = 1.0
"""Between two sweeps."""
_POSTGRES_PORT = 5432
_DESCRIPTORS = "/proc/self/fd"
_STATE_AND_LAST_CAME = struct.Struct("=B51xI")
"""Of `struct tcp_info`: the state, and milliseconds since data last came, or since the connection was made."""
_ESTABLISHED, _CLOSE_WAIT = 1, 8
"""What the server has closed (CLOSE-WAIT) hears nothing, either; it lies in the driver's pool until that looks."""


def watch(database_url: str) -> None:
    """Look after this process's connections to the server of `database_url`, from a thread of its own, for good.

    Safe to repeat.
    """
    if sys.platform == "linux":
        _start(urlsplit(database_url).port or _POSTGRES_PORT)


@functools.cache
def _start(port: int) -> None:
    threading.Thread(target=_watch, args=[port], name="store lines", daemon=True).start()


class Sweep(NamedTuple):
    """What a look at all of them found.

    Attributes:
        shut: how many were shut down.
        next_in: the seconds until one may be due: a connection that is opened later has been silent for less.
    """

    shut: int
    next_in: float


class StoreLines:
    """The library's connections to one port of PostgreSQL's, found among all descriptors of this process.

    A host of hundreds of sessions has hundreds of others, and some hundred that the server has closed and the library
    never gives back. Opening each anew took a third of an idle host's processor time, so those are remembered by
    their number and the kernel's number of the socket that it leads to, which no other gets.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._others: Mapping[int, int] = {}

    def shut_silent(self, patience_seconds: float = PATIENCE_SECONDS) -> Sweep:
        """Shut down those that have heard nothing for `patience_seconds`."""
        shut, longest, others = 0, 0.0, dict[int, int]()
        for number in map(int, os.listdir(_DESCRIPTORS)):  # noqa: PTH208 - a tenth of a Path's time
            name = _socket_number(number)
            if name is None:
                continue
            if name == self._others.get(number):
                others[number] = name
            elif (line := _socket_of(number)) is not None:
                with closing(line), suppress(OSError):
                    if not _leads_to(line, self._port) or (silence := _silence(line)) is None:
                        others[number] = name
                    elif silence > patience_seconds:
                        line.shutdown(socket.SHUT_RDWR)
                        shut += 1
                    else:
                        longest = max(longest, silence)
        self._others = others
        return Sweep(shut=shut, next_in=patience_seconds - longest)


def _watch(port: int) -> None:
    lines, pause = StoreLines(port), PATIENCE_SECONDS
    while not threading.Event().wait(pause):
        try:
            shut, next_in = lines.shut_silent()
        except Exception:  # noqa: BLE001 - the top of a thread: the next sweep deserves its try
            _log.exception("The library's connections were not looked at")
        else:
            pause = max(next_in, _SHORTEST_PAUSE)
            if shut:
                _log.warning("PostgreSQL is silent: connections of the library are shut", extra={"count": shut})


def _socket_number(descriptor: int) -> int | None:
    """The kernel's number of the socket that a descriptor leads to; None where it leads to none, or is closed."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_ino if stat.S_ISSOCK(found.st_mode) else None


def _socket_of(descriptor: int) -> socket.socket | None:
    """The descriptor as a socket, or None; it may be closed, or another's, at any moment."""
    with suppress(OSError):
        return socket.socket(fileno=os.dup(descriptor))
    return None


def _leads_to(line: socket.socket, port: int) -> bool:
    """Raises OSError where it leads to nothing: it listens, or is being opened or closed."""
    if line.family not in (socket.AF_INET, socket.AF_INET6) or line.type != socket.SOCK_STREAM:
        return False
    return int(line.getpeername()[1]) == port


def _silence(line: socket.socket) -> float | None:
    """For how many seconds a connection of the library's has heard nothing; None for one that hears nothing more."""
    if line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == USER_TIMEOUT_MS:
        return 0.0  # libpq's, and so ours: it has a deadline, and may lie in a pool
    told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _STATE_AND_LAST_CAME.size)
    state, came_ago = _STATE_AND_LAST_CAME.unpack(told)
    if state == _CLOSE_WAIT:
        return None
    return came_ago / 1000 if state == _ESTABLISHED else 0.0
