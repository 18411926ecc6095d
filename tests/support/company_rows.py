"""A row of a company in every table there is, tables that are yet to come included."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from aiadmin.storage.tables import chat, journal, messages, notices  # noqa: F401 - their tables belong to the metadata
from aiadmin.storage.tables.core import Base

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def of_company() -> list[sa.Table]:
    """Every table that names a company, parents first."""
    return [table for table in Base.metadata.sorted_tables if "company_id" in table.c and table.name != "companies"]


def fill(connection: sa.Connection, company_id: int, word: str) -> None:
    """One row in each table of `of_company`; every text holds `word`, every phone is the company's own."""
    made: dict[str, Any] = {}
    for table in of_company():
        values = {column.name: _value(column, company_id, word, made) for column in table.columns}
        given = {name: value for name, value in values.items() if value is not None}
        statement = postgresql.insert(table).values(**given).on_conflict_do_nothing().returning(*table.primary_key)
        row = connection.execute(statement).first()
        if row is None:  # it is there already: the installation itself has written one
            where = table.c.company_id == company_id
            row = connection.execute(sa.select(*table.primary_key).where(where)).first()
        assert row is not None, table.name
        made[table.name] = row[0]


def _value(column: sa.Column[Any], company_id: int, word: str, made: dict[str, Any]) -> Any:
    if column.name == "company_id":
        return company_id
    for key in column.foreign_keys:
        return made.get(key.column.table.name)
    if column.primary_key and column.autoincrement is not False and len(column.table.primary_key) == 1:
        return None
    allowed = _allowed(column)
    return allowed if allowed is not None else _of_type(column, company_id, word)


def _allowed(column: sa.Column[Any]) -> str | None:
    """The first value that a CHECK of the table lets into this column."""
    for constraint in column.table.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            found = re.match(rf"{column.name} IN\s*\(\s*'(\w+)'", str(constraint.sqltext))
            if found:
                return found[1]
    return None


def _of_type(column: sa.Column[Any], company_id: int, word: str) -> Any:
    kind = column.type
    if "phone" in column.name:
        return f"7900{company_id:07}"
    if isinstance(kind, sa.String):
        return f"{word}-{company_id}"[: kind.length or 99]
    simple = {
        sa.Boolean: False,
        sa.SmallInteger: 1,
        sa.Integer: 1,
        sa.BigInteger: 1,
        sa.Numeric: Decimal(1),
        sa.DateTime: NOW,
        sa.Date: NOW.date(),
        sa.LargeBinary: word.encode(),
        postgresql.UUID: uuid.UUID(int=company_id),
        sa.ARRAY: [],
    }
    for family, value in simple.items():
        if isinstance(kind, family):
            return value
    return {word: 1}  # JSON, and of a question: numbers alone
