"""Which revision the tables of a database were brought to."""

from __future__ import annotations

from contextlib import closing

from psycopg2.errors import UndefinedTable

from aiadmin.storage import connection as connections


def applied(database_url: str) -> str | None:
    """The revision that Alembic has noted; None in a database that it has never been at.

    Raises:
        psycopg2.OperationalError: PostgreSQL does not answer, or refuses; the words are the server's.
    """
    with closing(connections.connect(database_url)) as session, session.cursor() as cursor:
        try:
            cursor.execute("SELECT version_num FROM alembic_version")
        except UndefinedTable:
            return None
        row = cursor.fetchone()
    return row[0] if row else None
