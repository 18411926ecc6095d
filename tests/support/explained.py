"""What PostgreSQL does for a statement of the product, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

Asked = tuple[str, Any]
"""A statement, and its parameters."""
Node = dict[str, Any]
"""One step of a plan, as `EXPLAIN (FORMAT JSON)` has it."""


@contextmanager
def asked_of(engine: Engine) -> Iterator[list[Asked]]:
    """Every statement that is asked of `engine` inside."""
    asked: list[Asked] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def explained(connection: Connection, asked: Asked) -> list[Node]:
    """What the server did for it, when asked once more."""
    statement, parameters = asked
    [[[found]]] = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).all()
    return list(_nodes(found["Plan"]))


def rows_touched(nodes: list[Node]) -> float:
    """Rows that were read from tables, those included that were read for nothing."""
    return sum(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for node in nodes
        if "Relation Name" in node
    )


def _nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
