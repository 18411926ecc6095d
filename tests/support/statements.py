"""Statements that every test executes, compiled once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self
from unittest import mock

import sqlalchemy
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from aiadmin.storage import engine


class _OneDialect(PGDialect_psycopg2):
    """What SQLAlchemy writes for PostgreSQL, the same for all engines: compiled statements are kept by dialect."""

    supports_statement_cache = True
    _only: ClassVar[Any] = None

    def __new__(cls, *_: object, **__: object) -> Self:
        return cls._only or super().__new__(cls)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        if self is not self._only:
            super().__init__(*arguments, **options)
            type(self)._only = self


@contextmanager
def compiled_once() -> Iterator[None]:
    """Each test has an engine of its own, and all have the statements that one process of the product would keep."""
    compiled: dict[Any, Any] = {}

    def create_engine(url: str, **options: Any) -> sqlalchemy.Engine:
        return sqlalchemy.create_engine(url, execution_options={"compiled_cache": compiled}, **options)

    with (
        mock.patch.dict(registry.impls, {"postgresql.psycopg2": lambda: _OneDialect}),
        mock.patch.object(engine, "create_engine", create_engine),
    ):
        yield
