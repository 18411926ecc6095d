"""Which of several clocks leads: the one that holds an advisory lock of PostgreSQL."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from aiadmin.domain.errors import DependencyDownError
from aiadmin.masking import reason_of
from aiadmin.storage.connection import CONNECT_SECONDS, BoundedConnection
from aiadmin.storage.locks import Lock

POOLED = "a session of PostgreSQL is not ours alone: connect without a pooler, or through one in session mode"
SILENT_SECONDS = 12.0
"""The server ends the session of a leader that has not asked for so long, and its lock with it: a failover or a proxy
may leave it connected to nobody, and then no clock would lead."""
_LOOK = text("SELECT pg_backend_pid(), coalesce(current_setting('aiadmin.leader', true), '')")
_MARK = text("SELECT pg_backend_pid(), set_config('aiadmin.leader', :mark, false)")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:lock)")


@dataclass(frozen=True)
class _Session:
    """A session that holds the lock: its connection, the server's process, and a mark that we left there."""

    connection: Connection
    backend: int
    mark: str


class Leadership:
    """An advisory lock on a connection of its own: when the connection dies, PostgreSQL lets the next one lead.

    A pooler that hands each transaction to another session of the server would let two lead. So the session carries a
    mark, and a session that is not ours alone leads nobody.
    """

    def __init__(self, engine: Engine, *, silent_seconds: float = SILENT_SECONDS) -> None:
        self._engine, self._silent_ms = engine, int(silent_seconds * 1000)
        self._held: _Session | None = None

    def is_held(self) -> bool:
        """Take the lock if it is free, or make sure that it is still ours.

        Raises:
            DependencyDownError: PostgreSQL does not answer, or gives us no session of our own; if we led, we lead no
                longer.
        """
        try:
            if self._held is None:
                return self._take()
            _require_ours(self._held, _see(self._held.connection))
        except (DBAPIError, PoolTimeoutError) as error:
            self.give_up()
            raise DependencyDownError("PostgreSQL", reason_of(error)) from error
        except DependencyDownError:
            self.give_up()
            raise
        return True

    def give_up(self) -> None:
        """Let the next one lead; safe to call twice."""
        held, self._held = self._held, None
        if held is not None:
            _drop(held.connection)

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            # a silent leader is to be replaced soon: no statement of ours takes long
            cast("BoundedConnection", connection.connection.driver_connection).patience = CONNECT_SECONDS
            connection.execute(text(f"SET idle_session_timeout = {self._silent_ms}"))
            self._held = _lead(connection)
        finally:
            if self._held is None:
                _drop(connection)
        return self._held is not None


def _lead(connection: Connection) -> _Session | None:
    """Take the lock, or None where another session has it."""
    backend, mark = _see(connection)
    if mark:
        raise DependencyDownError("PostgreSQL", POOLED)  # another clock leads in this very session
    if not connection.scalar(_TRY_LOCK, {"lock": Lock.LEADERSHIP.value}):
        return None
    session = _Session(connection, backend, uuid.uuid4().hex)
    connection.execute(_MARK, {"mark": session.mark})
    _require_ours(session, _see(connection))
    return session


def _see(connection: Connection) -> tuple[int, str]:
    """The server's process that answers, and the mark that it carries."""
    backend, mark = connection.execute(_LOOK).one()
    return int(backend), str(mark)


def _require_ours(session: _Session, seen: tuple[int, str]) -> None:
    if seen != (session.backend, session.mark):
        raise DependencyDownError("PostgreSQL", POOLED)


def _drop(connection: Connection) -> None:
    """Closing would only return it to the pool, lock and all."""
    connection.invalidate()
    connection.close()
