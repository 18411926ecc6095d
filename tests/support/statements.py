"""Engines that share what they would each find out anew: compiled statements, the server's version, connections."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self
from unittest import mock

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from aiadmin.storage import engine
from tests.support.connections import RESTING
from tests.support.prepared import PREPARED


class _OneDialect(PGDialect_psycopg2):
    """What SQLAlchemy writes for PostgreSQL, the same for all engines: compiled statements are kept by dialect."""

    supports_statement_cache = True
    _only: ClassVar[Any] = None
    _is_initialized = False

    def __new__(cls, *_: object, **__: object) -> Self:
        return cls._only or super().__new__(cls)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        assert options.get("isolation_level") is None, "it would be that of all engines: say it of a connection"
        if self is not self._only:
            super().__init__(*arguments, **options)
            type(self)._only = self

    def initialize(self, connection: sqlalchemy.Connection) -> None:
        """Ask the server for what it is: once, as there is one."""
        if not self._is_initialized:
            super().initialize(connection)
            self._is_initialized = True

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Whether the server is there: it was a moment ago, and ends no connection without a word."""
        return RESTING.is_surely_well(dbapi_connection) or bool(super().do_ping(dbapi_connection))

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """By name, where its connection is kept; but not one that commits each statement, whose trips are counted."""
        if RESTING.is_direct(cursor.connection) and not cursor.connection.autocommit:
            PREPARED.execute(cursor, statement, parameters)
        else:
            super().do_execute(cursor, statement, parameters, context)

    def do_close(self, dbapi_connection: Any) -> None:
        """An engine that is disposed of lets its connections go."""
        RESTING.rest(dbapi_connection)

    def do_terminate(self, dbapi_connection: Any) -> None:
        """It is broken, or may be."""
        dbapi_connection.close()


@contextmanager
def compiled_once() -> Iterator[None]:
    """Each test has an engine of its own, and all have the statements that one process of the product would keep."""
    compiled: dict[Any, Any] = {}

    def create_engine(url: str, **options: Any) -> sqlalchemy.Engine:
        made = sqlalchemy.create_engine(url, execution_options={"compiled_cache": compiled}, **options)
        _take_what_rests(made)
        return made

    with (
        mock.patch.dict(registry.impls, {"postgresql.psycopg2": lambda: _OneDialect}),
        mock.patch.object(engine, "create_engine", create_engine),
    ):
        yield


def _take_what_rests(engine: sqlalchemy.Engine) -> None:
    """Before the product opens a connection one that rests is taken; of each it is known what it was opened with."""

    @event.listens_for(engine, "do_connect")
    def _take(_dialect: object, record: Any, _arguments: object, named: dict[str, Any]) -> Any:
        record.info["opened_with"] = dict(named)
        return RESTING.take(named)

    @event.listens_for(engine, "connect")
    def _remember(connection: Any, record: Any) -> None:
        connection.opened_with = record.info.pop("opened_with", None)

    @event.listens_for(engine, "checkin")
    def _note(connection: Any, _record: object) -> None:
        if connection is not None:
            connection.used_at = time.monotonic()
