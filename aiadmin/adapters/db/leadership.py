"""Who of several clocks leads: whoever holds an advisory lock of PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from aiadmin.domain.errors import DependencyDownError

LOCK = 4_120_617
"""Any number that nothing else in this database locks."""


class Leadership:
    """An advisory lock on a connection of its own: when the connection dies, PostgreSQL lets the next one lead."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def is_held(self) -> bool:
        """Take the lock if it is free, or make sure that it is still ours.

        Raises:
            DependencyDownError: PostgreSQL does not answer; if we led, we lead no longer.
        """
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            return self._take()
        except (DBAPIError, PoolTimeoutError) as error:
            self.give_up()
            raise DependencyDownError("PostgreSQL") from error

    def give_up(self) -> None:
        """Let the next one lead; safe to call twice."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # closing would only return it to the pool, lock and all
            connection.invalidate()
            connection.close()

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            if connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
                self._connection = connection
        finally:
            if self._connection is None:
                connection.close()
        return self._connection is not None
