"""What surrounds the hosts: PostgreSQL, Valkey, the fake WhatsApp, and phones that are linked to companies."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2

from aiadmin.adapters import embedded
from tests.acceptance.hosting import ROOT, pair, settings
from tests.acceptance.test_hosting import Salons
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.restarting import RestartingServer

_TEMPLATE = "linked"
_AT_ONCE = 50
"""Phones that one process links: each leaves it two connections to PostgreSQL."""


class World:
    """A context manager. Phones are linked once; each scenario gets a copy of the database as it was then.

    Attributes:
        linked: how many phones are linked, each to a company of its own.
    """

    def __init__(self, folder: Path, linked: int) -> None:
        self._folder, self.linked = folder, linked
        self._open = ExitStack()

    def __enter__(self) -> Self:
        folder = self._folder / f"chaos-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        self.postgres = RestartingServer(embedded.start_postgres(folder / "postgres", durable=False))
        self._open.callback(self.postgres.leave)
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
        self._do(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY wal_log")
        with closing(Salons(self._url(name))) as salons:
            yield salons
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _link(self) -> None:
        self._do(f"CREATE DATABASE {_TEMPLATE}")
        url = self._url(_TEMPLATE)
        command = [sys.executable, "-m", "aiadmin", "migrate"]
        subprocess.run(command, cwd=ROOT, env=os.environ | settings(url), check=True, timeout=60)
        with closing(Salons(url)) as salons:
            for first in range(0, self.linked, _AT_ONCE):
                for phone in pair(self.whatsapp, url, min(_AT_ONCE, self.linked - first)):
                    salons.add(**phone)

    def _url(self, name: str) -> str:
        return self.postgres.url.rsplit("/", 1)[0] + f"/{name}"

    def _do(self, statement: str) -> None:
        with closing(psycopg2.connect(self.postgres.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
