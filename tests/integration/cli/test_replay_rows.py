"""What a replay keeps of its database is what it puts back, and a table in which nothing changed is left alone."""

from __future__ import annotations

import sqlalchemy as sa

from aiadmin.cli.replay.rows import Rows
from aiadmin.storage.tables.core import Base
from tests.support.company_rows import fill

_TABLES = [table.name for table in Base.metadata.sorted_tables]


def _everything(connection: sa.Connection, what: str = "t::text") -> dict[str, list[str]]:
    rows = {name: connection.execute(sa.text(f"SELECT {what} FROM {name} t")).all() for name in _TABLES}  # noqa: S608 - our own names
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def test_all_rows_come_back_and_no_others(database_url: str) -> None:
    url = sa.make_url(database_url).set(drivername="postgresql+psycopg2")
    engine = sa.create_engine(url)
    with Rows(database_url) as rows, engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        first = _everything(connection)
        connection.execute(sa.text("INSERT INTO companies (id, yclients_id) VALUES (7, 700)"))
        fill(connection, 7, "было")
        kept, before, written = rows.keep(), _everything(connection), _everything(connection, "xmin")
        assert before != first
        connection.execute(sa.text("UPDATE services SET title = 'стало'"))
        connection.execute(sa.text("DELETE FROM staff"))
        rows.put_back(kept)
        assert _everything(connection) == before
        touched = {name for name, found in _everything(connection, "xmin").items() if found != written[name]}
        assert touched == {"services", "staff"}
        rows.put_back(rows.nothing)
        assert _everything(connection) == first
        rows.put_back(kept)
        assert _everything(connection) == before
    engine.dispose()
