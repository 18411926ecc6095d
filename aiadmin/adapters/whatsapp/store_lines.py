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
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

from aiadmin.storage.connection import STATEMENT_SECONDS, USER_TIMEOUT_MS

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = STATEMENT_SECONDS + 5
"""Longer than PostgreSQL gives a statement."""
SWEEP_SECONDS = 3.0
_POSTGRES_PORT = 5432
_DESCRIPTORS = Path("/proc/self/fd")
_STATE_AND_LAST_CAME = struct.Struct("=B51xI")
"""Of `struct tcp_info`: the state, and milliseconds since data last came, or since the connection was made."""
_ESTABLISHED = 1
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


def sweep(port: int, patience_seconds: float = PATIENCE_SECONDS) -> int:
    """Shut down the library's connections to `port` that have heard nothing for `patience_seconds`; how many."""
    shut = 0
    for line in _lines(port):
        with closing(line), suppress(OSError):
            if line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == USER_TIMEOUT_MS:
                continue  # libpq's, and so ours: it has a deadline, and may lie in a pool
            told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _STATE_AND_LAST_CAME.size)
            state, came_ago = _STATE_AND_LAST_CAME.unpack(told)
            if state == _ESTABLISHED and came_ago > patience_seconds * 1000:
                line.shutdown(socket.SHUT_RDWR)
                shut += 1
    return shut


def _watch(port: int) -> None:
    while not threading.Event().wait(SWEEP_SECONDS):
        try:
            shut = sweep(port)
        except Exception:  # noqa: BLE001 - the top of a thread: the next sweep deserves its try
            _log.exception("The library's connections were not looked at")
        else:
            if shut:
                _log.warning("PostgreSQL is silent: connections of the library are shut", extra={"count": shut})


def _lines(port: int) -> Iterator[socket.socket]:
    """A second name for each TCP connection of this process to `port`; the caller closes it."""
    for entry in _DESCRIPTORS.iterdir():
        line = _socket_of(entry)
        if line is not None and _leads_to(line, port):
            yield line
        elif line is not None:
            line.close()


def _socket_of(entry: Path) -> socket.socket | None:
    """The descriptor as a socket, or None; it may be closed, or another's, at any moment."""
    with suppress(OSError):
        if str(entry.readlink()).startswith("socket:"):
            return socket.socket(fileno=os.dup(int(entry.name)))
    return None


def _leads_to(line: socket.socket, port: int) -> bool:
    if line.family not in (socket.AF_INET, socket.AF_INET6) or line.type != socket.SOCK_STREAM:
        return False
    with suppress(OSError):  # it listens, or is being closed
        return int(line.getpeername()[1]) == port
    return False
