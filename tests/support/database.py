"""Databases for tests: copies of one that our migrations built, each emptied after its use and lent again.

A copy is some 600 files, which cost 0.4 s of processor time to make and to remove; emptying one costs a hundredth,
over a connection that stays and so knows the tables already. Each use has an account of its own, so that whatever
outlives a test is let in nowhere, never into the next test's.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from aiadmin.adapters.embedded import EmbeddedServer, start_postgres
from tests.support.connections import RESTING

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
_SWOLLEN = """
SELECT relname FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'i') AND pg_relation_size(oid) > 1000000
"""
"""Files in which many rows have been: whoever reads them passes by all that were deleted."""
_END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity(NULL)
WHERE datid = (SELECT oid FROM pg_database WHERE datname = %s) AND pid <> ALL(%s)
"""
"""Asked for every test: the view `pg_stat_activity` would look up names as well, which takes three times as long."""
_WITHOUT_A_LOOK = "SET session_replication_role = replica"
"""Where all rows go, or come, no key needs a look."""
_SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), start_value FROM pg_sequences ORDER BY 1"


class _Patient(psycopg2.extensions.connection):
    """A connection that waits for a server that is busy, where the product's in the same process would not."""

    patience = 60.0


@dataclass(eq=False)
class _Database:
    """One of the pool.

    Attributes:
        user: the account of its present use, or of the next.
        own: our connection to it, which stays.
    """

    name: str
    user: str
    own: psycopg2.extensions.connection


class Databases:
    """The databases of one PostgreSQL server; the first is built by `python -m aiadmin migrate`."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._server = _connect(server_url)
        self._free: list[_Database] = []
        self._lent: dict[str, _Database] = {}
        self._made = 0
        self._configure()
        if not self._has_template():
            self._administer("CREATE DATABASE {}", TEMPLATE)
            _migrate(self._url(TEMPLATE))
        with closing(_connect(self._url(TEMPLATE))) as connection, connection.cursor() as cursor:
            tables = _column(cursor, _TABLES)
            self._seeded = [table for table in tables if _column(cursor, f"TABLE {table} LIMIT 1")]
            self._shape, self._untouched = shape(cursor), self._state(cursor)
            self._ours = [table for table in tables if table not in self._seeded]
            self._deletions = _deletions(self._ours)
            self._numbers = _from_the_start(cursor)
        self._disconnect(TEMPLATE)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The URL of a database with our schema and no rows; after the block nobody is let in by it."""
        lent = self._free.pop() if self._free else self._make()
        url = self._url(lent.name, lent.user)
        self._lent[url] = lent
        RESTING.lend(lent.user, urlsplit(url).port)
        try:
            yield url
        finally:
            del self._lent[url]
            self._take_back(lent)

    def remove_rows(self, url: str) -> None:
        """Empty a lent database under processes that stay connected to it; its numbers go on."""
        with self._at_home(url) as cursor:
            cursor.execute(self._deletions)

    def keep(self, url: str) -> str:
        """The statements that put what is in a lent database into another that is empty: see `fill`.

        The rows are in files beside PostgreSQL's own, which go with it.
        """
        with self._at_home(url) as cursor:
            [folder] = _column(cursor, "SHOW data_directory")
            kept = {f"{folder}/kept-{uuid.uuid4().hex}": table for table in self._ours if _has_rows(cursor, table)}
            for file, table in kept.items():
                cursor.execute(f"COPY {table} TO %s", [file])
            copies = [f"COPY {table} FROM '{file}'" for file, table in kept.items()]
            return "; ".join([_WITHOUT_A_LOOK, *copies, _as_they_are(cursor)])

    def fill(self, url: str, kept: str) -> None:
        """Put what was kept into a lent database that is empty."""
        with self._at_home(url) as cursor:
            cursor.execute(kept)

    def replace_rows(self, url: str, kept: str) -> None:
        """Put back what was kept, under processes that stay connected: they see the one or the other."""
        with self._at_home(url) as cursor:
            cursor.execute(f"{self._deletions}; {kept}")

    def close(self) -> None:
        """Let go of the server; the databases go with it."""
        for one in self._free:
            RESTING.close(one.user)
        for connection in (self._server, *(one.own for one in self._free)):
            connection.close()

    def _configure(self) -> None:
        """Spare hashing: SCRAM costs 4,096 for each connection, and the WhatsApp library refuses it with fewer."""
        with self._server.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET autovacuum = off")  # what it does at which moment is no test's affair
            cursor.execute("ALTER SYSTEM SET plan_cache_mode = force_generic_plan")
            [hba_file] = _column(cursor, "SHOW hba_file")
            cursor.execute("COPY (SELECT 'host all all 127.0.0.1/32 password') TO %s", [hba_file])
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute("SET scram_iterations = 1")
            cursor.execute("ALTER ROLE CURRENT_USER PASSWORD %s", [urlsplit(self._server_url).password])

    def _has_template(self) -> bool:
        with self._server.cursor() as cursor:
            return bool(_column(cursor, "SELECT 1 FROM pg_database WHERE datname = %s", TEMPLATE))

    def _make(self) -> _Database:
        self._made += 1
        name, user = f"test_{self._made}", _new_user()
        self._administer("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log", name, TEMPLATE)
        self._administer("CREATE ROLE {} SUPERUSER LOGIN", user)
        password = sql.Literal(urlsplit(self._server_url).password)
        self._administer("ALTER ROLE {} PASSWORD {}", user, password)
        return _Database(name, user, _connect(self._url(name)))

    def _take_back(self, lent: _Database) -> None:
        used, lent.user = lent.user, _new_user()
        self._administer("ALTER ROLE {} RENAME TO {}", used, lent.user)
        self._reconnect(lent)
        self._disconnect(lent.name, but=[lent.own.info.backend_pid, *RESTING.rename(used, lent.user)])
        with lent.own.cursor() as cursor:
            is_ours = shape(cursor) == self._shape and self._state(cursor) == self._untouched
            if is_ours:
                cursor.execute(self._deletions)
                cursor.execute(self._numbers)
        if is_ours:
            self._free.append(lent)
        else:
            RESTING.close(lent.user)
            lent.own.close()
            self._administer("DROP DATABASE {} WITH (FORCE)", lent.name)
            self._administer("DROP ROLE {}", lent.user)

    def _at_home(self, url: str) -> psycopg2.extensions.cursor:
        """Our own connection to a lent database."""
        lent = self._lent[url]
        self._reconnect(lent)
        return lent.own.cursor()

    def _reconnect(self, lent: _Database) -> None:
        if not _answers(lent.own):  # a test may end every connection
            lent.own = _connect(self._url(lent.name))

    def _disconnect(self, name: str, but: Sequence[int] = ()) -> None:
        """End every connection to it, and return when PostgreSQL has seen them end."""
        deadline = time.monotonic() + _DISCONNECTED_WITHIN
        with self._server.cursor() as cursor:
            while _column(cursor, _END_CONNECTIONS, name, list(but)):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"somebody stays connected to {name}")
                time.sleep(0.001)

    def _state(self, cursor: psycopg2.extensions.cursor) -> object:
        """The rows that the migrations made, and whether there have been many others."""
        return _column(cursor, _SWOLLEN), [_column(cursor, f"TABLE {one}") for one in self._seeded]

    def _administer(self, statement: str, *parts: str | sql.Literal) -> None:
        composed = sql.SQL(statement).format(*(sql.Identifier(x) if isinstance(x, str) else x for x in parts))
        with self._server.cursor() as cursor:
            cursor.execute(composed)

    def _url(self, name: str, user: str | None = None) -> str:
        parts = urlsplit(self._server_url)
        account = f"{user or parts.username}:{parts.password}"
        return urlunsplit(parts._replace(netloc=f"{account}@{parts.hostname}:{parts.port}", path=f"/{name}"))


def copy_cluster(shared: Path, home: Path) -> None:
    """Put the data of a PostgreSQL that has the template into `home`; the first worker that comes makes them.

    Making them takes 2.5 s of processor time, a copy a tenth. Where PostgreSQL's account cannot reach `shared`,
    everybody makes their own.
    """
    made = shared / "made"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            server = start_postgres(shared / "postgres", durable=False)
            Databases(server.url).close()
            server.stop()
            made.write_text(str(server.data_dir))
    if Path(made.read_text()) == shared / "postgres":
        subprocess.run(["cp", "-a", shared / "postgres", home], check=True, timeout=60)


def start_copy(shared: Path, home: Path) -> EmbeddedServer:
    """Start a PostgreSQL of a test's own in `home`, whose URL names a database with our schema and no rows."""
    copy_cluster(shared, home)
    server = start_postgres(home)
    Databases(server.url).close()  # where it could not be copied, it has yet to be made
    return replace(server, url=urlunsplit(urlsplit(server.url)._replace(path=f"/{TEMPLATE}")))


def _new_user() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"


def _connect(url: str) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(url, connection_factory=_Patient)
    connection.autocommit = True
    return connection


def _answers(connection: psycopg2.extensions.connection) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


def _deletions(tables: Iterable[str]) -> str:
    """The statements that remove every row. TRUNCATE would make the files anew."""
    deletions = [f"DELETE FROM {table}" for table in tables]  # noqa: S608 - the catalogue's own names
    return "; ".join([_WITHOUT_A_LOOK, *deletions])


def _from_the_start(cursor: psycopg2.extensions.cursor) -> str:
    """The statement that begins every number anew."""
    cursor.execute(_SEQUENCES)
    return "SELECT " + ", ".join(f"setval('{name}', {start}, false)" for name, start in cursor.fetchall())


def _as_they_are(cursor: psycopg2.extensions.cursor) -> str:
    """The statement that lets every number go on from where it is."""
    cursor.execute("SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences ORDER BY 1")
    used = [(name, last) for name, last in cursor.fetchall() if last is not None]
    return "SELECT " + ", ".join(f"setval('{name}', {last})" for name, last in used)


def shape(cursor: psycopg2.extensions.cursor) -> object:
    """Another value after every change of the schema."""
    cursor.execute(_SHAPE)
    return cursor.fetchall()


def _has_rows(cursor: psycopg2.extensions.cursor, table: str) -> bool:
    return bool(_column(cursor, f"SELECT 1 FROM {table} LIMIT 1"))  # noqa: S608 - the catalogue's own names


def _column(cursor: psycopg2.extensions.cursor, statement: str, *parameters: object) -> list[object]:
    cursor.execute(statement, parameters or None)
    return [row[0] for row in cursor.fetchall()]


def _migrate(url: str) -> None:
    settings = {"DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0", "JWT_SECRET": "x" * 32}
    command = [sys.executable, "-m", "aiadmin", "migrate"]
    subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, timeout=60)
