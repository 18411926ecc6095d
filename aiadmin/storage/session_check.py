"""Whether what DATABASE_URL names gives us sessions of our own, opened exactly as the product opens them.

We need three things of a session: the settings that it is opened with (`options`, `search_path`), that what is `SET`
lasts, and that an advisory lock stays ours (who leads, who migrates). A pooler in transaction mode (PgBouncer,
Supabase's port 6543) keeps none of them, and says so at best with an error about a startup parameter.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from aiadmin.storage import connection as connections
from aiadmin.storage.connection import BoundedConnection
from aiadmin.storage.locks import Lock

REMEDY = (
    "use the direct connection or a pooler in session mode (Supabase: port 5432, not 6543),"
    " which passes startup parameters on"
)
_OTHERS = 3
"""A pooler that shares sessions gives the one that was used last to who comes next; three are asked to be sure."""
_OUR_LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
_SHARED = "a pooler hands each transaction to another session: no setting lasts, no lock is ours"
_LIBRARY_SCHEMA = "wa_store"


class NoSessionError(RuntimeError):
    """A pooler stands before PostgreSQL and keeps no session; the message says what was lost."""


def require(database_url: str) -> int:
    """Make sure that sessions are ours; the server's version (`server_version_num`).

    Raises:
        NoSessionError: settings are dropped, or a session is shared.
        psycopg2.OperationalError: PostgreSQL does not answer, or refuses; the words are the server's.
    """
    with _session(database_url) as first:
        backend = _ask(first, "SELECT pg_backend_pid()")
        _ask(first, f"SELECT pg_try_advisory_lock_shared({Lock.SESSION_PROBE.value})")
        mark = uuid.uuid4().hex
        _ask(first, f"SELECT set_config('aiadmin.probe', '{mark}', false)")
        for _ in range(_OTHERS):
            with _session(database_url) as second:
                _require_apart(first, second, backend, mark)
        if _ask(first, _OUR_LOCKS) != 1:
            raise NoSessionError(_SHARED)
        _require_settings(first)
        return int(first.server_version)


def _require_settings(session: BoundedConnection) -> None:
    limit = f"{connections.STATEMENT_SECONDS:g}s"
    for name, wanted in (("statement_timeout", limit), ("timezone", "UTC"), ("search_path", _LIBRARY_SCHEMA)):
        found = _ask(session, f"SHOW {name}")
        if found != wanted:
            raise NoSessionError(f"a pooler drops what a session is opened with: {name} is {found}, not {wanted}")


def _require_apart(first: BoundedConnection, second: BoundedConnection, backend: object, mark: str) -> None:
    """Hold `second` in a transaction: where sessions are shared, it has the one that `first` used, or `first` comes
    upon another."""
    second.autocommit = False
    other = _ask(second, "SELECT pg_backend_pid()")
    seen = _ask(first, "SELECT pg_backend_pid()"), _ask(first, "SELECT current_setting('aiadmin.probe', true)")
    second.rollback()
    if other == backend or seen != (backend, mark):
        raise NoSessionError(_SHARED)


def _ask(session: BoundedConnection, statement: str) -> Any:
    with session.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None


@contextmanager
def _session(database_url: str) -> Iterator[BoundedConnection]:
    """A session that commits each statement, with the product's settings and the library's schema."""
    with closing(connections.connect(database_url, more={"search_path": _LIBRARY_SCHEMA})) as session:
        session.autocommit = True
        yield session
