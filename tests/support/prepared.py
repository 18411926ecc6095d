"""Statements that a resting connection keeps planned.

PostgreSQL plans a statement that comes as text anew each time, which is most of what it does for a test: tables hold
a few rows, and the product's larger statements take milliseconds to plan. What is executed for the second time is
prepared on its connection, and executed by name from then on. Its values are written as before, each declared to be
of the type that PostgreSQL gives to what is written: the statement means the same.
"""

from __future__ import annotations

import itertools
import math
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

Typed: TypeAlias = tuple[str, tuple[str, ...]]
"""A statement, and the types of its values."""

_KINDS = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_UNTYPED = "unknown"
"""What PostgreSQL takes a bare literal for, until it sees what it is compared with."""
_TYPES: Mapping[type, str] = {
    type(None): _UNTYPED,
    str: _UNTYPED,
    bool: "boolean",
    Decimal: "numeric",
    date: "date",
    timedelta: "interval",
    uuid.UUID: "uuid",
    bytes: "bytea",
}


@dataclass(frozen=True)
class _Numbered:
    """A statement with numbers in place of its values, whose names these are."""

    text: str
    names: tuple[str, ...]


class PreparedStatements:
    """What has been executed once, and what cannot be prepared; a connection's `prepared` has what is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._executed: set[Typed] = set()
        self._refused: set[Typed] = set()

    def execute(self, cursor: Any, statement: str, values: Mapping[str, Any]) -> None:
        """As `cursor.execute`, on a connection that is kept."""
        numbered = _numbered(statement)
        name = None if numbered is None or cursor.name else self._name(cursor, statement, numbered, values)
        if numbered is None or name is None:
            cursor.execute(statement, values)
        elif numbered.names:
            cursor.execute(f"EXECUTE {name} ({', '.join(f'%({each})s' for each in numbered.names)})", values)
        else:
            cursor.execute(f"EXECUTE {name}")

    def _name(self, cursor: Any, statement: str, numbered: _Numbered, values: Mapping[str, Any]) -> str | None:
        """What the connection calls it; None where it must come as text."""
        types = [_type(values[each]) for each in numbered.names]
        if None in types:
            return None
        typed = (statement, tuple(map(str, types)))
        known: dict[Typed, str] = vars(cursor.connection).setdefault("prepared", {})
        if typed not in known and self._is_worth_it(typed) and (name := self._prepare(cursor, numbered, typed)):
            known[typed] = name
        return known.get(typed)

    def _is_worth_it(self, typed: Typed) -> bool:
        with self._lock:
            is_first = typed not in self._executed
            self._executed.add(typed)
            return not is_first and typed not in self._refused

    def _prepare(self, cursor: Any, numbered: _Numbered, typed: Typed) -> str | None:
        """Where PostgreSQL cannot tell the type of a value in its place, it would refuse; then it comes as text."""
        name = f"prepared_{next(self._numbers)}"
        declared = f"({', '.join(typed[1])})" if typed[1] else ""
        try:
            _attempt(cursor, f"PREPARE {name} {declared} AS {numbered.text}")
        except psycopg2.Error as error:
            if not _is_not_understood(error):
                raise
            self._refused.add(typed)
            return None
        return name


PREPARED = PreparedStatements()


def _attempt(cursor: Any, statement: str) -> None:
    """Execute it; where PostgreSQL does not understand it the transaction is as it was."""
    is_within = cursor.connection.info.transaction_status == TRANSACTION_STATUS_INTRANS
    if is_within:
        cursor.execute("SAVEPOINT attempt")
    try:
        cursor.execute(statement)
    except psycopg2.Error as error:
        if is_within and _is_not_understood(error):
            cursor.execute("ROLLBACK TO SAVEPOINT attempt")
        elif _is_not_understood(error):
            cursor.connection.rollback()
        raise
    if is_within:
        cursor.execute("RELEASE SAVEPOINT attempt")


def _is_not_understood(error: psycopg2.Error) -> bool:
    return (error.pgcode or "").startswith("42")


@cache
def _numbered(statement: str) -> _Numbered | None:
    """None where PostgreSQL prepares no statement of its kind."""
    if not _KINDS.match(statement):
        return None
    numbers: dict[str, int] = {}

    def numbered(place: re.Match[str]) -> str:
        return f"${numbers.setdefault(place[1], len(numbers) + 1)}" if place[1] else "%"

    return _Numbered(_PLACE.sub(numbered, statement), tuple(numbers))


def _type(value: Any) -> str | None:
    """What PostgreSQL takes the value for as psycopg2 writes it; None where that is not known here."""
    if type(value) in _TYPES:
        return _TYPES[type(value)]
    if isinstance(value, datetime):
        return "timestamptz" if value.tzinfo else "timestamp"
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, float) and math.isfinite(value):
        return "numeric"
    if isinstance(value, list):
        return _array(value)
    return _UNTYPED if isinstance(value, str) else None


def _whole(value: int) -> str:
    if -(2**31) <= value < 2**31:
        return "integer"
    return "bigint" if -(2**63) <= value < 2**63 else "numeric"


def _array(values: list[Any]) -> str | None:
    types = {_type(each) for each in values if each is not None}
    if not types:
        return _UNTYPED
    if types == {"integer", "bigint"}:
        return "bigint[]"
    [only, *others] = types
    if others or only is None:
        return None
    return "text[]" if only == _UNTYPED else f"{only}[]"
