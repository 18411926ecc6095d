"""What PostgreSQL holds, for tests that ask again and again.

A connection costs some twenty milliseconds of processor time, mostly for its password: half a core to who polls.
"""

from __future__ import annotations

import threading
from typing import Any

import psycopg2
import psycopg2.extras


class Rows:
    """Reads a database by one connection, which is made anew where the server has ended it; `close` it."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: Any = None
        self._lock = threading.Lock()

    def read(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """The rows that a statement returns. Raises psycopg2.OperationalError where there is no server."""
        with self._lock:
            if self._connection is not None:
                try:
                    return self._read(statement, values)
                except (psycopg2.OperationalError, psycopg2.InterfaceError):
                    self._close()  # it was restarted, or the test has ended all connections
            self._connection = psycopg2.connect(self._url, cursor_factory=psycopg2.extras.RealDictCursor)
            self._connection.autocommit = True
            return self._read(statement, values)

    def close(self) -> None:
        """Let go of the server; a later `read` connects again."""
        with self._lock:
            self._close()

    def _read(self, statement: str, values: tuple[object, ...]) -> list[dict[str, Any]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [dict(row) for row in cursor.fetchall()]

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
