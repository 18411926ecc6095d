"""Databases of the benchmarks' own."""

from __future__ import annotations

from contextlib import closing

import psycopg2


def make_database(server_url: str, name: str) -> str:
    """An empty database on a server; its URL."""
    with closing(psycopg2.connect(server_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    return server_url.rsplit("/", 1)[0] + f"/{name}"
