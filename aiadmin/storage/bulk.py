"""Many rows of one company in one statement, whatever their number: they travel as one JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from aiadmin.storage.tables.core import Base

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
Row = Mapping[str, Any]


def upsert(session: Session, kind: type[Base], company_id: int, rows: Sequence[Row], at: datetime) -> None:
    """Add or replace `rows` of a company; each loses its tombstone. Of two with one key the later counts.

    Every row has the same columns; `synced_at` becomes `at`.
    """
    if rows:
        statement = _insert(kind, tuple(rows[0]), is_replacing=True)
        session.execute(statement, {"company_id": company_id, "at": at, "rows": as_json(_unique(kind, rows))})


def insert_new(session: Session, kind: type[Base], company_id: int, rows: Sequence[Row], at: datetime) -> set[int]:
    """Add those of `rows` that are not there; the numbers of those that were added."""
    if not rows:
        return set()
    statement = _insert(kind, tuple(rows[0]), is_replacing=False)
    parameters = {"company_id": company_id, "at": at, "rows": as_json(_unique(kind, rows))}
    return set(session.execute(statement, parameters).scalars())


def as_json(value: object) -> str:
    """JSON that PostgreSQL takes: without NUL and halves of surrogate pairs, which its texts cannot hold."""
    dumped = json.dumps(value, ensure_ascii=False, default=_plain)
    if "\\u0000" in dumped:  # looking for it is quicker than replacing nothing
        dumped = _NUL.sub(r"\1", dumped)
    return dumped.encode("utf-8", "replace").decode()


def short(value: str | None, length: int = 255) -> str | None:
    """No longer than its column."""
    return None if value is None else value[:length]


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _table(kind: type[Base]) -> Table:
    return cast("Table", kind.__table__)


def _key(kind: type[Base]) -> list[str]:
    return [column.name for column in _table(kind).primary_key.columns if column.name != "company_id"]


def _unique(kind: type[Base], rows: Sequence[Row]) -> Sequence[Row]:
    """In the order of their keys, so that two writers never wait for each other in a ring."""
    key = _key(kind)
    by_key = {tuple(row[name] for name in key): row for row in rows}
    return [by_key[found] for found in sorted(by_key)]


@cache
def _insert(kind: type[Base], names: tuple[str, ...], *, is_replacing: bool) -> TextClause:
    table, key = _table(kind), _key(kind)
    columns = ", ".join(names)
    types = ", ".join(f"{name} {_type(table.columns[name])}" for name in names)
    if is_replacing:
        changed = [f"{name} = EXCLUDED.{name}" for name in names if name not in key]
        tombstone = [] if "deleted_at" in names or "deleted_at" not in table.columns else ["deleted_at = NULL"]
        action = "UPDATE SET " + ", ".join([*changed, "synced_at = EXCLUDED.synced_at", *tombstone])
    else:
        action = f"NOTHING RETURNING {key[0]}"
    return text(
        f"INSERT INTO {table.fullname} (company_id, synced_at, {columns})"  # noqa: S608 - our own names
        f" SELECT :company_id, :at, {columns} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given ({types})"
        f" ON CONFLICT (company_id, {', '.join(key)}) DO {action}"
    )


def _type(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
