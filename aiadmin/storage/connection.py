"""How every connection to PostgreSQL is opened, and how long anything waits for an answer on it.

A server that moves away without a word (a failover without RST, a frozen primary, a dropped NAT entry) leaves a
socket on which `recv` never returns. The server's own `statement_timeout` cannot help there, and the kernel gives up
after `tcp_retries2` (15 minutes) or, where a proxy goes on acknowledging, never. So the deadline is ours: psycopg2
hands each of its waits to `_wait`, which polls the socket until the connection's patience is over; psycopg2 then
closes it, and the pool replaces it.
"""

from __future__ import annotations

import random
import select
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import psycopg2
import psycopg2.extensions

from aiadmin.storage.host_names import with_addresses

T = TypeVar("T")

CONNECT_SECONDS = 5.0
"""For opening a connection, and for the question whether one that lay idle is alive."""
STATEMENT_SECONDS = 15.0
"""What PostgreSQL itself gives a statement."""
_GRACE_SECONDS = 2.0
"""So much longer than PostgreSQL's limit is ours: where the server lives, it is the one who ends a statement."""

USER_TIMEOUT_MS = 20_000
_CLIENT_KEEPALIVES: Mapping[str, int] = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": USER_TIMEOUT_MS,
}
"""The kernel's part: an idle socket whose peer is gone is closed within half a minute (libpq, 34.1.2)."""
_SERVER_KEEPALIVES: Mapping[str, int] = {
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
"""The same of the server's end: what a client that is gone had locked is free within half a minute."""
_ABANDONED_MS = 20_000
"""A transaction in which nobody says anything for so long is ended by the server, and its locks with it: a proxy may
keep the connection of a client that has given it up."""


FULL_SECONDS = 10.0
"""How long we try again where PostgreSQL has no connection left for us: others give theirs back."""
_FULL = ("too many connections", "too many clients", "remaining connection slots")
"""What it says then (SQLSTATE 53300, which psycopg2 does not tell of a connect)."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 0.5


class Silence(psycopg2.OperationalError):
    """PostgreSQL did not answer within our own deadline; the connection is closed."""


class BoundedConnection(psycopg2.extensions.connection):
    """A connection on which no wait is longer than its patience.

    Attributes:
        patience: seconds that one statement, commit or connect may take; None for any time.
    """

    patience: float | None = CONNECT_SECONDS


def patience_for(statement_seconds: float | None) -> float | None:
    """How long we wait for a statement that PostgreSQL ends after `statement_seconds`.

    >>> patience_for(15), patience_for(None)
    (17.0, None)
    """
    return None if statement_seconds is None else statement_seconds + _GRACE_SECONDS


def parameters(
    *,
    statement_seconds: float | None = STATEMENT_SECONDS,
    lock_seconds: float | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Mapping[str, Any]:
    """The keyword arguments of `psycopg2.connect`: UTC, bounded statements, keepalives of both ends.

    Args:
        statement_seconds: PostgreSQL's limit for one statement; None for none, as a migration needs.
        lock_seconds: PostgreSQL's limit for waiting for one lock; None for as long as the statement may take.
        more: other settings that the session begins with.
    """
    settings = {
        "timezone": "UTC",
        "statement_timeout": int((statement_seconds or 0) * 1000),
        "lock_timeout": int((lock_seconds or 0) * 1000),
        "idle_in_transaction_session_timeout": _ABANDONED_MS if statement_seconds else 0,
        **_SERVER_KEEPALIVES,
        **more,
    }
    return {
        "connect_timeout": int(CONNECT_SECONDS),
        "application_name": "aiadmin",
        "connection_factory": BoundedConnection,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        **_CLIENT_KEEPALIVES,
    }


def connect(
    database_url: str,
    *,
    statement_seconds: float | None = STATEMENT_SECONDS,
    more: Mapping[str, str] = MappingProxyType({}),
) -> BoundedConnection:
    """A connection by itself, opened exactly as the pool opens its own, with `more` settings.

    Raises:
        psycopg2.OperationalError: PostgreSQL does not answer, or refuses.
    """
    keep_deadlines()
    told = dict(parameters(statement_seconds=statement_seconds, more=more))
    told |= with_addresses(psycopg2.extensions.parse_dsn(database_url))
    opened: BoundedConnection = when_free(lambda: psycopg2.connect(database_url, **told))
    opened.patience = patience_for(statement_seconds)
    return opened


def when_free(connect: Callable[[], T]) -> T:
    """What `connect` opens, tried again for a while where all connections that the server allows are taken.

    A small plan allows twenty for everything. Raises what `connect` raises.
    """
    deadline = time.monotonic() + FULL_SECONDS
    while True:
        try:
            return connect()
        except psycopg2.OperationalError as error:
            if not is_full(str(error)) or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE))  # noqa: S311 - so that not all try at once


def is_full(words: str) -> bool:
    """Whether PostgreSQL refused a connection because it allows no more.

    >>> is_full('FATAL:  too many connections for role "salon"'), is_full("FATAL:  the system is starting up")
    (True, False)
    """
    return any(each in words for each in _FULL)


def keep_deadlines() -> None:
    """Have psycopg2 wait through `_wait`, in this process and for every connection; safe to repeat.

    Under gevent's monkey patch `select.poll` lets other greenlets run meanwhile: without this every query would stop
    every other request.
    """
    psycopg2.extensions.set_wait_callback(_wait)


def _wait(connection: psycopg2.extensions.connection) -> None:
    """Return when the server has answered. What is raised here makes psycopg2 close the connection.

    In this mode libpq minds no `connect_timeout`, so a connection that is being opened has its patience, too.
    """
    patience = getattr(connection, "patience", CONNECT_SECONDS)
    deadline = None if patience is None else time.monotonic() + patience
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        if state not in (psycopg2.extensions.POLL_READ, psycopg2.extensions.POLL_WRITE):
            raise psycopg2.OperationalError(f"unexpected state {state}")
        left = None if deadline is None else deadline - time.monotonic()
        if (left is not None and left <= 0) or not _is_ready(connection.fileno(), state, left):
            raise Silence(f"no answer from PostgreSQL within {patience:g} s")


def _is_ready(descriptor: int, state: int, seconds: float | None) -> bool:
    """Whether the socket can be read or written within `seconds`."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN if state == psycopg2.extensions.POLL_READ else select.POLLOUT)
    return bool(poll.poll(None if seconds is None else max(seconds * 1000, 1)))
