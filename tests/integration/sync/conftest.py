"""Salons whose journals are read, in a PostgreSQL of this folder's own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Engine, text, update

from aiadmin.adapters.db.engine import make_engine
from aiadmin.adapters.db.tables import CompanyRow
from aiadmin.adapters.db.unit_of_work import SqlUnitOfWork
from aiadmin.adapters.embedded import EmbeddedServer
from aiadmin.domain.company import NewCompany
from aiadmin.domain.ids import CompanyId, SalonId

_NUMBERS = itertools.count(1)


class World:
    """One database, and how to look at it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def uow(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.engine)

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def company(self, **columns: Any) -> CompanyId:
        """A company that is connected."""
        number = next(_NUMBERS)
        new = NewCompany(
            salon_id=SalonId(1000 + number),
            phone=None,
            email=None,
            api_key_hash=f"{number:064}",
            activation_deadline_at=datetime.now(UTC) + timedelta(hours=1),
        )
        with self.uow() as work:
            company_id = work.companies.add(new).company_id
            work.companies.set_activated(company_id, datetime.now(UTC))
            work.commit()
        for name, value in columns.items():
            self.change(company_id, name, value)
        return company_id

    def change(self, company_id: CompanyId, column: str, value: object) -> None:
        """Set a column of a company."""
        with self.engine.begin() as connection:
            connection.execute(update(CompanyRow).where(CompanyRow.id == company_id).values({column: value}))

    def execute(self, statement: str, **parameters: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def rows(self, statement: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def events(self, company_id: CompanyId) -> Sequence[tuple[int, str, str]]:
        """Each event's record, kind and source, oldest first."""
        statement = "SELECT record_id, kind, source FROM booking_events WHERE company_id = :id ORDER BY id"
        return [(row[0], row[1], row[2]) for row in self.rows(statement, id=company_id)]


@pytest.fixture(scope="session")
def sync_database_url(postgres_server: EmbeddedServer, template_database: str) -> Iterator[str]:
    """One database for all tests of this folder."""
    _administer(postgres_server.url, f"CREATE DATABASE test_sync TEMPLATE {template_database}")
    yield postgres_server.url.rsplit("/", 1)[0] + "/test_sync"
    _administer(postgres_server.url, "DROP DATABASE test_sync WITH (FORCE)")


@pytest.fixture
def database_url(sync_database_url: str) -> str:
    """The shared database, emptied."""
    _administer(sync_database_url, "TRUNCATE companies, session_hosts CASCADE")
    return sync_database_url


def _administer(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An empty database."""
    engine = make_engine(database_url)
    yield World(engine)
    engine.dispose()
