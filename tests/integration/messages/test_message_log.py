"""A page of one salon's messages is read by indexes among those of everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.message_log import PAGE_SIZE, Author, Cursor
from aiadmin.storage.engine import make_engine
from aiadmin.storage.messages.message_log import MessageLog
from tests.support.database import Databases
from tests.support.explained import asked_of, explained

COMPANIES = 20
MESSAGES = 2000
"""Of each company, in each direction."""
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
THREE_DAYS_AGO = Cursor(micros=round((NOW - timedelta(days=3)).timestamp()) * 1_000_000, author=Author.IN, number=9)
OURS = CompanyId(7)

FILL = """
INSERT INTO companies (id, yclients_id) SELECT n, n FROM generate_series(1, :companies) AS n;
INSERT INTO contacts (company_id, phone)
  SELECT c, '7900' || lpad((c * 100 + n)::text, 7, '0')
  FROM generate_series(1, :companies) AS c, generate_series(0, 99) AS n;
INSERT INTO clients (company_id, client_id, name, phone, raw_data, synced_at)
  SELECT c, n, 'Анна', '7900' || lpad((c * 100 + n)::text, 7, '0'), '{}', :now
  FROM generate_series(1, :companies) AS c, generate_series(0, 99) AS n;
INSERT INTO contact_addresses (company_id, address, contact_id)
  SELECT company_id, phone, id FROM contacts UNION ALL SELECT company_id, id || '@lid', id FROM contacts;
INSERT INTO inbox_messages (company_id, contact_id, message_id, direction, kind, text, sent_at, received_at)
  SELECT k.company_id, k.id, 'in' || n, 'in', 'text', 'Здравствуйте', :now, :now - n * interval '7 minutes'
  FROM generate_series(1, :messages) AS n
  JOIN contacts AS k ON k.id % 100 = n % 100;
INSERT INTO outbox_messages (company_id, contact_id, text, purpose, dedup_key, state, created_at)
  SELECT k.company_id, k.id, 'Ждём вас', 'manual', 'out' || n, 'sent', :now - n * interval '7 minutes'
  FROM generate_series(1, :messages) AS n
  JOIN contacts AS k ON k.id % 100 = n % 100;
"""


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def connection(databases: Databases) -> Iterator[Connection]:
    """A database in which salons have written to their clients for days, and clients to them; tests only read it."""
    with databases.lend() as url, _engine(url) as engine, engine.connect() as connection:
        for statement in FILL.strip().split(";\n"):
            names = {"companies": COMPANIES, "messages": MESSAGES, "now": NOW}
            used = {name: value for name, value in names.items() if f":{name}" in statement}
            connection.execute(text(statement.rstrip(";")), used)
        connection.commit()
        connection.execute(text("ANALYZE"))
        connection.commit()
        yield connection


LOOKS: dict[str, Callable[[MessageLog], Any]] = {
    "newest": lambda log: log.page(OURS, before=None, phone=None),
    "older": lambda log: log.page(OURS, before=THREE_DAYS_AGO, phone=None),
    "of a client": lambda log: log.page(OURS, before=None, phone="742"),
    "marks": lambda log: log.count_by_status(OURS, NOW - timedelta(days=7)),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_no_table_is_read_from_end_to_end(connection: Connection, look: Callable[[MessageLog], Any]) -> None:
    with Session(connection) as session, asked_of(connection.engine) as asked:
        found = look(MessageLog(session))
    assert found
    [only] = asked
    nodes = explained(connection, only)
    assert [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"] == []


def test_a_page_reads_little_more_than_it_shows(connection: Connection) -> None:
    with Session(connection) as session, asked_of(connection.engine) as asked:
        assert len(LOOKS["older"](MessageLog(session))) == PAGE_SIZE
    [only] = asked
    of_messages = [node for node in explained(connection, only) if "messages" in node.get("Relation Name", "")]
    read = sum(node["Actual Rows"] * node["Actual Loops"] for node in of_messages)
    print(f"{read} rows read of {2 * COMPANIES * MESSAGES}")
    assert read <= 3 * PAGE_SIZE
