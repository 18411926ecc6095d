"""What surrounds the hosts: a database, Valkey, the fake WhatsApp, and phones that are linked to companies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2

from aiadmin.adapters import embedded
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.database import TEMPLATE, Databases, copy_cluster
from tests.support.hosted_salons import Salons
from tests.support.hosts import pair
from tests.support.restarting import RestartingServer

_AT_ONCE = 50
"""Phones that one process links: each leaves it two connections to PostgreSQL."""


@contextmanager
def own_postgres(folder: Path, cluster: Path | None = None) -> Iterator[RestartingServer]:
    """A PostgreSQL with our schema as `TEMPLATE`, as the run's own has it, which may be restarted.

    Args:
        cluster: where the run's first one is made, to be copied.
    """
    home = folder / f"postgres-{uuid.uuid4().hex[:8]}"
    if cluster is not None:
        copy_cluster(cluster, home)
    server = RestartingServer(embedded.start_postgres(home, durable=False))
    try:
        Databases(server.url).close()
        yield server
    finally:
        server.leave()


class World:
    """A context manager. Phones are linked once; each scenario gets a copy of the database as it was then.

    Args:
        postgres_url: of a server that has our schema as `TEMPLATE`.

    Attributes:
        linked: how many phones are linked, each to a company of its own.
    """

    def __init__(self, folder: Path, postgres_url: str, linked: int) -> None:
        self._folder, self._postgres_url, self.linked = folder, postgres_url, linked
        self._template = f"linked_{uuid.uuid4().hex[:8]}"
        self._open = ExitStack()

    def __enter__(self) -> Self:
        folder = self._folder / f"chaos-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        self.valkey = RestartingServer(embedded.start_valkey(folder / "valkey", durable=False))
        self._open.callback(self.valkey.leave)
        self.whatsapp = self._open.enter_context(FakeWhatsApp())
        self._link()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._open.close()

    @contextmanager
    def salons(self) -> Iterator[Salons]:
        """A copy of the database with all companies; WhatsApp has forgotten its faults."""
        self.whatsapp.control("DELETE", "/faults")
        name = f"chaos_{uuid.uuid4().hex[:8]}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY wal_log")
        with closing(Salons(self._url(name))) as salons:
            yield salons
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _link(self) -> None:
        self._do(f"CREATE DATABASE {self._template} TEMPLATE {TEMPLATE} STRATEGY wal_log")
        self._open.callback(self._do, f"DROP DATABASE {self._template} WITH (FORCE)")
        url = self._url(self._template)
        with closing(Salons(url)) as salons:
            for first in range(0, self.linked, _AT_ONCE):
                for phone in pair(self.whatsapp, url, min(_AT_ONCE, self.linked - first)):
                    salons.add(**phone)

    def _url(self, name: str) -> str:
        return self._postgres_url.rsplit("/", 1)[0] + f"/{name}"

    def _do(self, statement: str) -> None:
        with closing(psycopg2.connect(self._postgres_url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
