"""A database that a test gets is as the migrations made it, whatever another did to it before."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from aiadmin.storage.engine import make_engine
from tests.support.database import Databases, shape

COMPANY = "INSERT INTO companies (yclients_id) VALUES (1) RETURNING id"


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def identity(url: str) -> object:
    """The database itself, whatever it is called."""
    return ask(url, "SELECT oid FROM pg_database WHERE datname = current_database()")


def test_rows_and_numbers_of_one_test_are_not_seen_by_the_next(databases: Databases) -> None:
    with databases.lend() as url:
        first = identity(url)
        assert ask(url, COMPANY) == [(1,)]
    with databases.lend() as url:
        assert identity(url) == first
        assert ask(url, "TABLE companies") == []
        assert ask(url, COMPANY) == [(1,)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE companies ADD COLUMN odd text",
        "UPDATE alembic_version SET version_num = 'odd'",
        "DELETE FROM alembic_version",
        "INSERT INTO companies (yclients_id, title) SELECT n, 'many' FROM generate_series(1, 20000) AS n",
    ],
)
def test_a_changed_schema_is_lent_to_nobody_else(databases: Databases, change: str) -> None:
    with databases.lend() as url:
        changed = identity(url)
        ask(url, change)
    with databases.lend() as url:
        assert identity(url) != changed
        assert ask(url, COMPANY) == [(1,)]


def test_every_change_of_a_schema_shows(database_url: str) -> None:
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        untouched = shape(cursor)
        for change in (
            "ALTER TABLE companies ADD COLUMN odd text",
            "ALTER TABLE companies ALTER COLUMN phone TYPE varchar(77)",
            "CREATE TABLE odd (id int)",
            "CREATE INDEX odd ON companies (phone)",
            "CREATE FUNCTION odd() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER TABLE companies DISABLE TRIGGER ALL",
            "CREATE SCHEMA odd",
            "TRUNCATE companies CASCADE",
        ):
            cursor.execute(change)
            assert shape(cursor) != untouched, change
            connection.rollback()
            assert shape(cursor) == untouched, change


def test_two_that_are_lent_at_the_same_time_are_two(databases: Databases) -> None:
    with databases.lend() as one, databases.lend() as other:
        assert identity(one) != identity(other)


def test_a_test_that_ends_all_connections_to_its_database_spoils_nothing(databases: Databases) -> None:
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(2):
        with databases.lend() as url:
            assert ask(url, COMPANY) == [(1,)]
            assert (True,) in ask(url, f"SELECT pg_terminate_backend(pid, 5000) {others}")


def test_what_outlives_its_test_is_let_in_nowhere(databases: Databases) -> None:
    with databases.lend() as url:
        left = psycopg2.connect(url)
    with databases.lend() as other, closing(left):
        assert identity(other)
        with pytest.raises(psycopg2.OperationalError), left.cursor() as cursor:
            cursor.execute("TABLE companies")
        with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
            psycopg2.connect(url)


def answer(engine: Engine, statement: str) -> object:
    with engine.begin() as connection:
        return connection.scalar(text(statement))


PROCESS = "SELECT pg_backend_pid()"


@pytest.mark.parametrize(
    ("left", "question", "wiped"),
    [
        ("SET statement_timeout = 77", "SHOW statement_timeout", "15s"),
        ("SET TIME ZONE 'Asia/Tokyo'", "SHOW TimeZone", "UTC"),
        (
            "SELECT pg_advisory_lock(1)",
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
            0,
        ),
        ("LISTEN odd", "SELECT count(*) FROM pg_listening_channels()", 0),
    ],
)
def test_a_connection_that_serves_the_next_test_is_as_new(
    databases: Databases, left: str, question: str, wiped: object
) -> None:
    processes = []
    for _ in range(2):
        with databases.lend() as url:
            engine = make_engine(url, pool_size=1)
            processes.append(answer(engine, PROCESS))
            assert answer(engine, question) == wiped
            with engine.begin() as connection:
                connection.execute(text(left))
            engine.dispose()
    assert processes[0] == processes[1]


def test_an_engine_of_a_test_that_is_over_gets_no_connection(databases: Databases) -> None:
    with databases.lend() as url:
        over = make_engine(url)
        answer(over, PROCESS)
        over.dispose()
    with databases.lend() as other:
        engine = make_engine(other)
        assert answer(engine, PROCESS)
        engine.dispose()
        with pytest.raises(OperationalError):
            answer(over, PROCESS)


def test_a_connection_that_was_ended_serves_nobody_else(databases: Databases) -> None:
    with databases.lend() as url:
        ended = answer(engine := make_engine(url, pool_size=1), PROCESS)
        engine.dispose()
        ask(url, f"SELECT pg_terminate_backend({ended}, 10000)")
        assert answer(engine, PROCESS) != ended
        engine.dispose()
