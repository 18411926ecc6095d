"""Databases for tests: copies of one that our migrations built, each emptied after its use and lent again.

A copy is some 600 files, which cost 0.4 s of processor time to make and to remove; emptying one costs a twentieth.
Each use has a name of its own, so that whatever outlives a test finds no database, never the next test's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "aiadmin_template"
_DISCONNECTED_WITHIN = 30.0

_SHAPE = """
SELECT sum(xmin::text::bigint), count(*) FROM (
    SELECT xmin FROM pg_class WHERE oid >= 16384 AND relkind <> 't'
    UNION ALL SELECT xmin FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT xmin FROM pg_attrdef
    UNION ALL SELECT xmin FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT xmin FROM pg_index WHERE indexrelid >= 16384
    UNION ALL SELECT xmin FROM pg_trigger
    UNION ALL SELECT xmin FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT xmin FROM pg_type WHERE oid >= 16384
    UNION ALL SELECT xmin FROM pg_namespace WHERE oid >= 16384
) AS catalog
"""
"""Two numbers that change with every statement that changes a schema: each rewrites a row of the catalogs."""

_TABLES = """
SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE pg_class.oid >= 16384 AND relkind = 'r' ORDER BY 1
"""
_SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), start_value FROM pg_sequences ORDER BY 1"


class _Patient(psycopg2.extensions.connection):
    """A connection that waits for a server that is busy, where the product's in the same process would not."""

    patience = 60.0


def _connect(url: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(url, connection_factory=_Patient)


class Databases:
    """The databases of one PostgreSQL server; the first is built by `python -m aiadmin migrate`."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._server = _connect(server_url)
        self._server.autocommit = True
        self._administer("ALTER SYSTEM SET autovacuum = off")  # a worker of its would be in the way of a new name
        self._administer("SELECT pg_reload_conf()")
        self._free: list[str] = []
        self._administer("CREATE DATABASE {}", TEMPLATE)
        _migrate(self._url(TEMPLATE))
        with self._inside(TEMPLATE) as cursor:
            tables = _column(cursor, _TABLES)
            self._seeded = [table for table in tables if _column(cursor, f"TABLE {table} LIMIT 1")]
            self._untouched = self._state(cursor)
            self._deletions = _deletions(table for table in tables if table not in self._seeded)
            self._numbers = _from_the_start(cursor)
        self._disconnect(TEMPLATE)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The URL of a database with our schema and no rows; after the block it is gone, with all connections."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        if self._free:
            self._rename(self._free.pop(), name)
        else:
            self._administer("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log", name, TEMPLATE)
        try:
            yield self._url(name)
        finally:
            self._take_back(name)

    def remove_rows(self, url: str) -> None:
        """Empty a lent database under processes that stay connected to it; its numbers go on."""
        with closing(_connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(self._deletions)

    def close(self) -> None:
        """Let go of the server; the databases go with it."""
        self._server.close()

    def _take_back(self, name: str) -> None:
        free = f"free_{name}"
        self._rename(name, free)
        with self._inside(free) as cursor:
            is_ours = self._state(cursor) == self._untouched
            if is_ours:
                cursor.execute(self._deletions)
                cursor.execute(self._numbers)
        if is_ours:
            self._free.append(free)
        else:  # a test has changed the schema, or rows that the migrations made
            self._administer("DROP DATABASE {} WITH (FORCE)", free)

    def _rename(self, name: str, other: str) -> None:
        """Give a database another name, whoever connects to it meanwhile."""
        deadline = time.monotonic() + _DISCONNECTED_WITHIN
        while True:
            self._disconnect(name)
            try:
                return self._administer("ALTER DATABASE {} RENAME TO {}", name, other)
            except psycopg2.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    raise

    def _disconnect(self, name: str) -> None:
        """End every connection to it, and return when PostgreSQL has seen them end."""
        deadline = time.monotonic() + _DISCONNECTED_WITHIN
        with self._server.cursor() as cursor:
            while _column(cursor, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"somebody stays connected to {name}")
                time.sleep(0.001)

    def _state(self, cursor: psycopg2.extensions.cursor) -> object:
        """The shape of the schema, and the rows that the migrations made."""
        cursor.execute(_SHAPE)
        return cursor.fetchall(), [_column(cursor, f"TABLE {one}") for one in self._seeded]

    def _administer(self, statement: str, *names: str) -> None:
        with self._server.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextmanager
    def _inside(self, name: str) -> Iterator[psycopg2.extensions.cursor]:
        with closing(_connect(self._url(name))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    def _url(self, name: str) -> str:
        return self._server_url.rsplit("/", 1)[0] + f"/{name}"


def _deletions(tables: Iterable[str]) -> str:
    """The statements that remove every row. TRUNCATE would make the files anew."""
    deletions = [f"DELETE FROM {table}" for table in tables]  # noqa: S608 - the catalogue's own names
    return "; ".join(["SET session_replication_role = replica", *deletions])  # where all goes no key needs a look


def _from_the_start(cursor: psycopg2.extensions.cursor) -> str:
    """The statement that begins every number anew."""
    cursor.execute(_SEQUENCES)
    return "SELECT " + ", ".join(f"setval('{name}', {start}, false)" for name, start in cursor.fetchall())


def _column(cursor: psycopg2.extensions.cursor, statement: str, *parameters: object) -> list[object]:
    cursor.execute(statement, parameters or None)
    return [row[0] for row in cursor.fetchall()]


def _migrate(url: str) -> None:
    settings = {"DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0", "JWT_SECRET": "x" * 32}
    command = [sys.executable, "-m", "aiadmin", "migrate"]
    subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, timeout=60)
