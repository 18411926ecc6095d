"""Locks that hold up what the product asks of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2


@contextmanager
def companies_locked(database_url: str) -> Iterator[None]:
    """Every read of companies, and every registration, waits meanwhile."""
    with closing(psycopg2.connect(database_url)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE companies IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()
