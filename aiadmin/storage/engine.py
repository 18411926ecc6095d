"""One engine per process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, event

from aiadmin.storage.connection import (
    CONNECT_SECONDS,
    STATEMENT_SECONDS,
    keep_deadlines,
    parameters,
    patience_for,
    when_free,
)
from aiadmin.storage.host_names import with_addresses

POOL_SECONDS = 10.0
"""How long a request waits for one of the pool's connections before it is refused."""


def make_engine(
    database_url: str,
    *,
    pool_size: int = 20,
    statement_seconds: float | None = STATEMENT_SECONDS,
    lock_seconds: float | None = None,
) -> Engine:
    """An engine whose connections speak UTC, give up on a slow statement and are checked before use.

    Lazy: nothing is opened before the first query, so a process may fork after the call.

    Args:
        pool_size: how many connections it opens at most.
        statement_seconds: how long a statement may take; None for any time.
        lock_seconds: how long it may wait for a lock; None for all of that.
    """
    keep_deadlines()
    engine = create_engine(
        _address(database_url),
        pool_size=pool_size,
        pool_pre_ping=True,
        connect_args=dict(parameters(statement_seconds=statement_seconds, lock_seconds=lock_seconds)),
        **_ALWAYS,
    )
    _bound(engine, patience_for(statement_seconds))
    return engine


def make_statement_engine(database_url: str, *, pool_size: int, lock_seconds: float | None = None) -> Engine:
    """An engine for `Statements`: each is committed by itself, and no connection is checked or reset around it.

    Their patience is short, as a connection that is silent is found out by the statement itself.
    """
    keep_deadlines()
    engine = create_engine(
        _address(database_url),
        pool_size=pool_size,
        pool_use_lifo=True,
        pool_reset_on_return=None,
        connect_args=dict(parameters(lock_seconds=lock_seconds)),
        **_ALWAYS,
    )
    _bound(engine, CONNECT_SECONDS)

    @event.listens_for(engine, "connect")
    def _commit_each(connection: Any, _record: object) -> None:
        connection.autocommit = True

    return engine


_ALWAYS: Mapping[str, Any] = {
    "max_overflow": 0,
    "pool_timeout": POOL_SECONDS,
    "use_native_hstore": False,  # no table has such a column, and each connect would ask for the type
    "hide_parameters": True,  # an error must not carry what a client wrote into a log
}


def _address(database_url: str) -> str:
    return database_url.replace("postgresql://", "postgresql+psycopg2://", 1)


def _bound(engine: Engine, patience: float | None) -> None:
    """Wait for a free connection of the server's, and give each its patience while it is in use.

    In the pool it has a connect's: the ping before its next use must find out soon that nobody is there.
    """

    @event.listens_for(engine, "do_connect")
    def _open(dialect: Any, _record: object, arguments: Any, named: Any) -> Any:
        found = with_addresses(named)
        return when_free(lambda: dialect.loaded_dbapi.connect(*arguments, **named | found))

    @event.listens_for(engine, "checkout")
    def _use(connection: Any, _record: object, _proxy: object) -> None:
        connection.patience = patience

    @event.listens_for(engine, "checkin")
    def _rest(connection: Any, _record: object) -> None:
        if connection is not None:
            connection.patience = CONNECT_SECONDS
