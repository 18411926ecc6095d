"""What is executed by name means what it means as text, and a connection that rests keeps nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Connection, Engine, text

from aiadmin.storage.connection import BoundedConnection, connect
from aiadmin.storage.engine import make_engine
from tests.support.prepared import PreparedStatements


class Word(StrEnum):
    ONE = "one"


@pytest.fixture
def connection(database_url: str) -> Iterator[BoundedConnection]:
    with closing(connect(database_url)) as opened:
        yield opened


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def _answers(connection: BoundedConnection, statement: str, values: dict[str, Any]) -> list[Any]:
    """As text, as text again, and by name."""
    statements = PreparedStatements()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = [cursor.fetchall()]
        for _ in range(3):
            statements.execute(cursor, statement, values)
            found.append(cursor.fetchall())
    return found


def _prepared(connection: BoundedConnection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        [(count,)] = cursor.fetchall()
    return int(count)


@pytest.mark.parametrize(
    "value",
    [
        True,
        0,
        -7,
        2**31 - 1,
        -(2**31),
        2**31,
        2**63 - 1,
        -(2**63),
        2**63,
        1.5,
        Decimal("1.50"),
        datetime(2026, 11, 30, 12, tzinfo=UTC),
        datetime(2026, 11, 30, 12),  # noqa: DTZ001 - as a naive one is written
        date(2026, 11, 30),
        timedelta(days=3, seconds=1),
        b"\0\xff",
        [1, 2],
        [1, 2**40],
        [1, None],
        ["a", None],
        [datetime(2026, 11, 30, tzinfo=UTC)],
        [True],
    ],
    ids=repr,
)
def test_a_value_is_of_the_same_type_and_worth_by_name(connection: BoundedConnection, value: Any) -> None:
    first, *others = _answers(connection, "SELECT pg_typeof(%(it)s)::text, %(it)s", {"it": value})
    assert others == [first] * 3
    assert _prepared(connection) == 1


@pytest.mark.parametrize("value", ["a", "it's 100%", Word.ONE, None])
def test_a_word_is_what_its_place_makes_of_it(connection: BoundedConnection, value: Any) -> None:
    statement = "SELECT coalesce(%(it)s, 'none'), 'x%%' LIKE '%%', %(it)s IS NOT DISTINCT FROM 'a'::varchar"
    first, *others = _answers(connection, statement, {"it": value})
    assert others == [first] * 3


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("SELECT %(it)s IS NULL", None),
        ("SELECT pg_typeof(%(it)s)::text", []),
        ("SELECT pg_typeof(%(it)s)::text", [None]),
        ("SELECT 1 WHERE 1 IN %(it)s", (1, 2)),
        ("VALUES (%(it)s)", 1),
        ("SELECT %(it)s::uuid", psycopg2.extensions.AsIs(f"'{uuid.uuid4()}'")),
    ],
)
def test_what_cannot_be_prepared_comes_as_text(connection: BoundedConnection, statement: str, value: Any) -> None:
    """And the transaction goes on, with all that was done in it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE kept AS SELECT 1")
    first, *others = _answers(connection, statement, {"it": value})
    assert others == [first] * 3
    assert _prepared(connection) == 0
    with connection.cursor() as cursor:
        cursor.execute("TABLE kept")
        assert cursor.fetchall() == [(1,)]


@pytest.mark.parametrize("is_within", [True, False])
def test_a_mistake_is_the_same_mistake(connection: BoundedConnection, is_within: bool) -> None:
    statements, found = PreparedStatements(), []
    for statement in ("SELECT nothing", "SELECT 1 / %(it)s", "SELECT 'a'::int + %(it)s"):
        for _ in range(3):
            with connection.cursor() as cursor:
                if is_within:
                    cursor.execute("SELECT 1")
                with pytest.raises(psycopg2.Error) as refused:
                    statements.execute(cursor, statement, {"it": 0})
            found.append(refused.value.pgcode)
            connection.rollback()
    assert found == ["42703"] * 3 + ["22012"] * 3 + ["22P02"] * 3


def test_the_next_one_finds_what_was_prepared_and_nothing_else(engine: Engine, database_url: str) -> None:
    with engine.connect() as used:
        process = used.execute(text("SELECT pg_backend_pid()")).scalar_one()
        used.execute(text("SET statement_timeout = 1234"))
        used.execute(text("CREATE TEMP TABLE left_over (id int)"))
        used.execute(text("SELECT pg_advisory_lock(7)"))
        used.commit()
        for _ in range(2):
            used.execute(text("SELECT count(*) FROM companies WHERE id = :id"), {"id": 1})
        before = used.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    engine.dispose()
    following = make_engine(database_url)
    with ExitStack() as held:
        used = _session(following, process, held)
        assert used.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one() >= before >= 1
        assert used.execute(text("SHOW statement_timeout")).scalar_one() == "15s"
        assert used.execute(text("SELECT to_regclass('left_over')")).scalar_one() is None
        held_locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        assert used.execute(text(held_locks)).scalar_one() == 0
    following.dispose()


def _session(engine: Engine, process: int, held: ExitStack) -> Connection:
    """That of a process of PostgreSQL's, which is among those that rest."""
    while True:
        connection = held.enter_context(engine.connect())
        if connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == process:
            return connection
