"""Single statements, each a transaction by itself: one trip to PostgreSQL, with nothing before it or behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Row, TextClause
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from aiadmin.storage.outages import as_ours


class Statements:
    """Runs statements that may be run twice.

    A connection is not asked whether it lives before each of them: one that turns out to be dead or silent costs a
    second try, on a new connection, and all that lay in the pool beside it are replaced.
    """

    def __init__(self, engine: Engine) -> None:
        """`engine` is made by `make_statement_engine`."""
        self._engine = engine

    def rows(self, statement: TextClause, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """All that `statement` returns.

        Raises:
            DependencyDownError: PostgreSQL does not answer, cut the connection twice, or has not been migrated.
            SalonBusyError: another transaction held a lock for longer than `lock_timeout`.
        """
        try:
            return self._rows_where_it_lives(statement, values)
        except SQLAlchemyError as error:
            ours = as_ours(error)
            if ours is None:
                raise
            raise ours from error

    def _rows_where_it_lives(self, statement: TextClause, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        try:
            return self._ask(statement, values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return self._ask(statement, values)

    def _ask(self, statement: TextClause, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(statement, values).all()
