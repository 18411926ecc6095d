"""Servers of a replay's own: no running product is touched, and nothing stays."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from aiadmin.adapters import embedded
from aiadmin.cli.migrate import upgrade

_ANYBODY_MAY_ENTER = 0o755
"""PostgreSQL runs as another account where we are root."""


@dataclass(frozen=True)
class Servers:
    """Where they are."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)


@contextmanager
def own_servers() -> Iterator[Servers]:
    """A PostgreSQL with our tables, made by the migrations, and a Valkey; all of it is gone afterwards.

    Raises:
        click.ClickException: one of them does not start.
    """
    with tempfile.TemporaryDirectory(prefix="aiadmin-replay-") as folder, ThreadPoolExecutor(max_workers=2) as both:
        home = Path(folder)
        home.chmod(_ANYBODY_MAY_ENTER)
        starting = [
            both.submit(embedded.start_postgres, home / "postgres", durable=False),
            both.submit(embedded.start_valkey, home / "valkey", durable=False),
        ]
        started = [one.result() for one in starting if one.exception() is None]
        try:
            for one in starting:
                if (error := one.exception()) is not None:
                    raise click.ClickException(str(error)) from error
            postgres, valkey = started
            upgrade(postgres.url)
            yield Servers(postgres.url, valkey.url)
        finally:
            for server in started:
                server.stop()
