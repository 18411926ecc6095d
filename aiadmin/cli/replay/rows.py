"""Every row of a replay's own database, kept and put back: a conversation begins where the salon was just read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import psycopg2
from psycopg2 import sql

Kept = Mapping[str, sql.Composable]
"""By the name of each table the statement that fills it again, from a file beside PostgreSQL's own."""

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_STATE = "SELECT {literal}, count(*), sum(xmin::text::bigint) FROM {table}"
"""Changes with any row, by the transaction that wrote it."""
_WITHOUT_A_LOOK = "SET session_replication_role = replica"
"""Where all rows go, or come, no key needs a look."""


class Rows:
    """The rows of a database that is ours alone; a context manager. Numbers go on from where they are.

    Attributes:
        nothing: the rows that there were at first.
    """

    def __init__(self, database_url: str) -> None:
        self._connection = psycopg2.connect(database_url)
        self._connection.autocommit = True
        self._run(_WITHOUT_A_LOOK)
        self._tables = [name for (name,) in self._read(_TABLES)]
        [(self._folder,)] = self._read("SHOW data_directory")
        self.nothing = self.keep()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def keep(self) -> Kept:
        """All rows as they are now."""
        self._state = self._look()
        self._last: Kept = {name: self._copied(name) for name in self._tables}
        return self._last

    def put_back(self, kept: Kept) -> None:
        """These rows, and no others, at once; a table in which nothing has changed since is left alone."""
        same = {name for name, *_ in self._look() & self._state} if kept is self._last else set()
        changed = [name for name in self._tables if name not in same]
        if changed:
            self._run(
                sql.SQL("; ").join(
                    [*(_of("DELETE FROM {table}", name) for name in changed), *map(kept.__getitem__, changed)]
                )
            )
        self._last, self._state = kept, self._look()

    def _look(self) -> set[tuple[Any, ...]]:
        return set(self._read(sql.SQL(" UNION ALL ").join(_of(_STATE, name) for name in self._tables)))

    def _copied(self, table: str) -> sql.Composable:
        file = sql.Literal(f"{self._folder}/kept-{uuid.uuid4().hex}")
        self._run(_of("COPY {table} TO {file}", table, file=file))
        return _of("COPY {table} FROM {file}", table, file=file)

    def _run(self, statement: str | sql.Composable) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _read(self, statement: str | sql.Composable) -> Sequence[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()


def _of(statement: str, table: str, **parts: sql.Composable) -> sql.Composable:
    return sql.SQL(statement).format(table=sql.Identifier(table), literal=sql.Literal(table), **parts)
