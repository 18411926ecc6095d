"""The database itself refuses that a row of one company points at a row of another."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.integration.tenancy.salons import Tenant, tables_of_companies
from tests.support.door import Door


def _references(connection: sa.Connection) -> set[tuple[str, str, str]]:
    """Every table, its column, and the table of companies' rows that it points at."""
    tables, inspector = tables_of_companies(connection), sa.inspect(connection)
    return {
        (table, column, key["referred_table"])
        for table in tables
        for key in inspector.get_foreign_keys(table)
        if key["referred_table"] in tables
        for column in set(key["constrained_columns"]) - {"company_id"}
    }


def test_no_row_can_point_at_a_row_of_another_company(door: Door, victim: Tenant, hostile: Tenant) -> None:
    with door.site.container.engine.connect() as connection:
        references = _references(connection)
        assert ("outbox_messages", "contact_id", "contacts") in references

        for table, column, target in sorted(references):
            ids = {"id": victim.company_id, "other": hostile.company_id}
            theirs = f"(SELECT id FROM {target} WHERE company_id = :other LIMIT 1)"  # noqa: S608 - our own words
            moved = f"UPDATE {table} SET {column} = {theirs} WHERE company_id = :id"  # noqa: S608 - our own words
            refusal = _refusal(connection, moved, ids)
            assert "own" in refusal, f"{table}.{column} may name a row of another company: give it `tables.own`"


def _refusal(connection: sa.Connection, statement: str, ids: dict[str, int]) -> str:
    """What PostgreSQL says to a change of one row; empty when it takes it. Nothing stays changed."""
    attempt = connection.begin_nested()
    try:
        assert connection.execute(sa.text(statement), ids).rowcount == 1, statement
        connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    except IntegrityError as error:
        return str(error.orig)
    finally:
        attempt.rollback()
        connection.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
    return ""


@pytest.mark.parametrize(("target", "table"), [("devices", "outbox_messages"), ("outbox_messages", "notices")])
def test_what_is_deleted_is_forgotten_by_those_that_named_it(
    door: Door, victim: Tenant, target: str, table: str
) -> None:
    """The check of both columns waits for the commit; until then the other constraint has nulled the one."""
    column = {"devices": "device_id", "outbox_messages": "outbox_message_id"}[target]
    with door.site.container.engine.begin() as connection:
        assert connection.execute(sa.text(f"DELETE FROM {target}")).rowcount == 1  # noqa: S608 - our own words

    with door.site.container.engine.connect() as connection:
        found = connection.execute(sa.text(f"SELECT {column} FROM {table}")).scalars().all()  # noqa: S608
    assert found == [None]
