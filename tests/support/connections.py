"""Connections to lent databases, which stay open from one test to the next and are asked little.

A new one is a process of PostgreSQL's that knows no table yet: 10 ms of processor time for the first statement, while
many a test executes three. What an engine lets go is wiped and given to the next one that asks for the same account,
database and settings. `Databases` renames the account of a use, and takes along what rests here.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Hashable, Mapping
from typing import Any

import psycopg2
from psycopg2.extensions import STATUS_READY

_SURE_SECONDS = 0.25
_WIPE = (
    "CLOSE ALL; RESET SESSION AUTHORIZATION; RESET ALL; UNLISTEN *; SELECT pg_advisory_unlock_all();"
    " DISCARD SEQUENCES; DISCARD TEMP"
)
"""DISCARD ALL, but for what is prepared (see `prepared`)."""


class RestingConnections:
    """What engines have let go, by the account that opened it and by all that it was opened with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resting: dict[str, list[tuple[Hashable, Any]]] = {}
        self._ports: dict[str, int | None] = {}

    def lend(self, user: str, port: int | None) -> None:
        """From now on what is opened by this account at this port is kept.

        What goes by way of a proxy is not: it may fall silent, and is not to stand between two tests.
        """
        with self._lock:
            self._ports[user] = port
            self._resting.setdefault(user, [])

    def rename(self, user: str, new: str) -> list[int]:
        """The account is called `new`; the processes of what rests, which are not to be ended."""
        with self._lock:
            self._ports[new] = self._ports.pop(user, None)
            self._resting[new] = [each for each in self._resting.pop(user, []) if is_quiet(each[1])]
            return [connection.info.backend_pid for _, connection in self._resting[new]]

    def close(self, user: str) -> None:
        """End what rests of an account, and keep nothing more of it."""
        with self._lock:
            self._ports.pop(user, None)
            for _, connection in self._resting.pop(user, []):
                connection.close()

    def take(self, named: Mapping[str, Any]) -> Any:
        """A connection that was opened with these arguments and is well; None if there is none."""
        wanted = _key(named)
        with self._lock:
            resting = self._resting.get(named.get("user", ""), [])
            for each in [each for each in resting if each[0] == wanted]:
                resting.remove(each)
                if is_quiet(each[1]):
                    return each[1]
        return None

    def rest(self, connection: Any) -> None:
        """Keep a connection that nobody uses any more, as if it were new; or close it.

        Its `opened_with` says how it was opened, or taken.
        """
        with self._lock:
            if any(connection is one for each in self._resting.values() for _, one in each):
                raise RuntimeError("a connection that rests already was let go again")
            if self.is_direct(connection) and _is_wiped(connection):
                named = connection.opened_with
                self._resting[named["user"]].append((_key(named), connection))
            else:
                connection.close()

    def is_surely_well(self, connection: Any) -> bool:
        """Whether a connection straight to PostgreSQL was used a moment ago and has heard nothing since.

        To ask PostgreSQL would be a quarter of all statements, as a test's transactions are short.
        """
        is_fresh = time.monotonic() - getattr(connection, "used_at", 0.0) < _SURE_SECONDS
        return is_fresh and self.is_direct(connection) and is_quiet(connection)

    def is_direct(self, connection: Any) -> bool:
        """Whether it was opened by an account that is lent now, at PostgreSQL's own port.

        What a proxy or a pooler stands before may be another session with each transaction.
        """
        named = getattr(connection, "opened_with", None) or {}
        return named.get("user") in self._ports and self._ports[named["user"]] == named.get("port")


RESTING = RestingConnections()


def is_quiet(connection: Any) -> bool:
    """Whether a connection at rest is open and has nothing to read: a server that ends it leaves a word, or EOF."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


def _key(named: Mapping[str, Any]) -> Hashable:
    return frozenset((name, value) for name, value in named.items() if name not in {"user", "password"})


def _is_wiped(connection: Any) -> bool:
    if not is_quiet(connection) or connection.status != STATUS_READY:
        return False
    try:
        connection.rollback()
        connection.set_session(isolation_level="DEFAULT", readonly="DEFAULT", deferrable="DEFAULT", autocommit=True)
        with connection.cursor() as cursor:
            cursor.execute(_WIPE)
        connection.autocommit = False
    except psycopg2.Error:
        return False
    return True
