"""The library's own tables, in the schema `wa_store` of our database: how it connects, and how they are made.

`python -m aiadmin.adapters.whatsapp.store` is the process in which `migrate` lets the library make them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from psycopg2 import OperationalError
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class

from aiadmin.adapters.whatsapp import library
from aiadmin.storage.connection import STATEMENT_SECONDS, connect
from aiadmin.storage.locks import Lock

SCHEMA = "wa_store"
IDLE_SECONDS = 1
"""The library opens a pool per start and never closes it; PostgreSQL closes what is idle (since version 14).

No longer than a second: a fleet starts 60 sessions a second with two connections each, beside everybody else's.
"""
_OLDEST_SERVER = 14_00_00
_MIGRATE_SECONDS = 45
_PROJECT = Path(__file__).resolve().parents[3]
_UNDERSTOOD = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "connect_timeout", "options"})
"""What the library's driver knows of a PostgreSQL URL; anything else it sends to the server, which refuses."""
_EITHER = frozenset({"prefer", "allow"})
"""Values of `sslmode` that leave it to the server."""


class StoreError(RuntimeError):
    """The library's tables cannot be made; the message says why."""


def dsn(database_url: str, application_name: str, *, is_encrypted: bool | None = None) -> str:
    """The connection string for the library: our database, its schema, and connections that close when idle.

    Args:
        is_encrypted: whether our own driver's connections to this server are; None where nobody has looked. The
            library's is told so in place of "encrypted where the server can": lib/pq 1.12 then asks on a connection
            that it leaves open when the answer is no, and takes another. PostgreSQL keeps a process for each, up to
            a minute, and 1,000 sessions soon had none for anybody.
    """
    parts = urlsplit(database_url)
    given = {name: value for name, value in parse_qsl(parts.query) if name in _UNDERSTOOD}
    if given.setdefault("sslmode", "prefer") in _EITHER and is_encrypted is not None:
        given["sslmode"] = "require" if is_encrypted else "disable"
    settings = {
        "connect_timeout": "5",
        **given,
        "search_path": SCHEMA,
        "idle_session_timeout": str(IDLE_SECONDS * 1000),
        "statement_timeout": str(int(STATEMENT_SECONDS * 1000)),
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        "application_name": application_name,
    }
    return urlunsplit(("postgres", parts.netloc, parts.path, urlencode(settings), ""))


class StoreAddress:
    """Where a process's sessions keep their keys, as the library is told it; safe to ask from any thread.

    The first to ask finds out whether the server encrypts; one that does not answer is asked again by the next.
    """

    def __init__(self, database_url: str, application_name: str) -> None:
        self._database_url, self._application_name = database_url, application_name
        self._is_encrypted: bool | None = None

    @property
    def dsn(self) -> str:
        """The connection string."""
        if self._is_encrypted is None:
            with suppress(OperationalError), closing(connect(self._database_url)) as connection:
                self._is_encrypted = connection.info.ssl_in_use
        return dsn(self._database_url, self._application_name, is_encrypted=self._is_encrypted)


def migrate(database_url: str) -> None:
    """Make the schema and the library's tables, or upgrade them; safe to repeat, and to run twice at once.

    Sessions then find nothing to upgrade when they start. The library works in a process of its own: it would never
    leave this one, and it aborts where it cannot connect. The schema's comment says which version has made its
    tables, and where it is the installed one nothing is started.

    Raises:
        StoreError: PostgreSQL is older than 14, or the library failed.
    """
    connection = connect(database_url, statement_seconds=None)
    try:
        if connection.server_version < _OLDEST_SERVER:
            raise StoreError("PostgreSQL 14 or newer is needed: an older one cannot close idle connections")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10min'")
            cursor.execute("SELECT pg_advisory_lock(%s)", (Lock.LIBRARY_TABLES.value,))
            installed = f"tables of neonize {version('neonize')}"
            if _has_tables(cursor) and _comment(cursor) == installed:
                return
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            _upgrade_in_child(database_url)
            with suppress(InsufficientPrivilege):  # another account's schema: then it is done at each start
                cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS %s", (installed,))
            if not _has_tables(cursor):
                raise StoreError(
                    f"the WhatsApp library made no tables in {SCHEMA}: a pooler that drops search_path may stand"
                    " before PostgreSQL"
                )
    finally:
        connection.close()


def _has_tables(cursor: Cursor) -> bool:
    cursor.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.whatsmeow_device",))
    return cursor.fetchone() != (None,)


def _comment(cursor: Cursor) -> str | None:
    cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", (SCHEMA,))
    row = cursor.fetchone()
    return row[0] if row else None


def _upgrade_in_child(database_url: str) -> None:
    try:
        subprocess.run(
            [sys.executable, "-m", "aiadmin.adapters.whatsapp.store"],
            cwd=_PROJECT,
            env={**os.environ, **library.ENVIRONMENT, "DATABASE_URL": database_url},
            check=True,
            timeout=_MIGRATE_SECONDS,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise StoreError("the WhatsApp library could not upgrade its tables (see above)") from error


def _upgrade(database_url: str) -> None:
    """Listing the devices makes the library upgrade its tables."""
    loaded = library.load()
    silent = loaded.log_callback(lambda _data, _size: None)
    loaded.go.GetAllDevices(dsn(database_url, "aiadmin-migrate").encode(), silent)


if __name__ == "__main__":
    _upgrade(os.environ["DATABASE_URL"])
    os._exit(0)  # the library's threads never end by themselves
