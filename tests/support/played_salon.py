"""A salon out of a file of conversations that is in YClients and in our database, under a clock that stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from aiadmin.config import Config
from aiadmin.domain.companies.company import NewCompany
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.sync_run import RunState, SyncKind
from tests.conversations.reading import LAVANDA, read
from tests.fakes.yclients.client import FakeYClients
from tests.support.clocked import ClockedContainer
from tests.support.database import Databases

FILE = read(LAVANDA)
SALON = 962302
ANNA, ELENA, KIRILL, IRINA, YULIA, OLGA, WAITING, DESK = 1, 2, 3, 4, 5, 6, 90, 91
MARIA, MARIAS_PHONE, NEW_PHONE = 501, "79000000101", "79000000102"


@dataclass
class KeptPlays:
    """Salons of files after the first reading of their journals, which costs as much as all that a test does then.

    The clock stands, so that they do not age.
    """

    databases: Databases
    rows: dict[str, str] = field(default_factory=dict)


class PlayedSalon:
    """One company, its salon at the fake, and the product that serves it.

    Attributes:
        kept: what was filled once is put back from then on; None: each is filled, and its journal read, anew.
    """

    def __init__(
        self, config: Config, yclients: FakeYClients, *, salon_id: int = SALON, kept: KeptPlays | None = None
    ) -> None:
        self.box, self.yclients, self.salon_id = ClockedContainer(config), yclients, SalonId(salon_id)
        self.kept = kept
        self.zone = ZoneInfo(FILE["salon"]["timezone"])
        self.at("2026-03-11T12:10")
        self.company_id = self._registered()

    def play(self, file: Mapping[str, Any] = FILE, *visits: Mapping[str, Any], **case: Any) -> None:
        """Fill YClients with the file's salon and these visits to come of `client` (M), and read all of it.

        It is what a test does first: it has nothing in the database but the company.
        """
        case = {"id": "own", "client": "M", "visits": list(visits), **case}
        own = {**file, "conversations": [case]}
        self.zone = ZoneInfo(file["salon"]["timezone"])
        if self.kept is None:
            self._fill(own)
            return
        name = hashlib.sha256(json.dumps([self.salon_id, own], default=str).encode()).hexdigest()
        kept, url = self.kept, self.box.config.database_url
        if name in kept.rows:
            self.yclients.restore(name)
            kept.databases.replace_rows(url, kept.rows[name])
            self.at(case.get("now", file["now"]))
            self.later()
        else:
            self._fill(own)
            self.yclients.keep(name)
            kept.rows[name] = kept.databases.keep(url)

    def _fill(self, file: Mapping[str, Any]) -> None:
        self.yclients.activate(self.salon_id)
        self.box.now = datetime.fromisoformat(self.yclients.conversation(self.salon_id, file, "own"))
        self.read_journal()

    def at(self, wall_clock: str) -> None:
        """The salon's clock shows this to the product; YClients' own clock stands where it stood."""
        self.box.now = datetime.fromisoformat(wall_clock).replace(tzinfo=self.zone)

    def later(self, **ahead: float) -> None:
        """So much later, for the product and for YClients."""
        self.box.now += timedelta(**ahead)
        self.yclients.clock(now=self.box.now.isoformat(), stands=True)

    def read_journal(self, kind: SyncKind = SyncKind.FULL) -> None:
        """As the workers do at activation, or each night."""
        with self.box.uow() as work:
            work.sync_runs.start(self.company_id, kind, self.box.clock(), is_new=False)
            work.commit()
        while (run := self.box.synchroniser.work(self.company_id, kind)) is not None:
            if run.state is not RunState.RUNNING:
                assert run.state is RunState.DONE, run
                return

    def link_phone(self) -> None:
        """The salon's phone is linked: it writes to its clients."""
        account = LinkedAccount(jid="79000000001:1@s.whatsapp.net", lid="79:1@lid")
        with self.box.uow() as work:
            work.devices.add(self.company_id, account, self.box.clock())
            work.commit()

    def read_again(self) -> None:
        """What was spoken of is quiet by now, and workers read it."""
        self.later(seconds=31)
        self.box.refetcher.work()

    def execute(self, statement: str, **parameters: Any) -> None:
        with self.box.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def rows(self, statement: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        with self.box.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def asked(self, part: str) -> Sequence[str]:
        """Calls to YClients whose path holds this, as `METHOD path`."""
        return [f"{one['method']} {one['path']}" for one in self.yclients.requests() if part in one["path"]]

    @property
    def engine(self) -> Engine:
        return self.box.engine

    def close(self) -> None:
        self.box.close()

    def _registered(self) -> CompanyId:
        new = NewCompany(
            salon_id=self.salon_id,
            phone=None,
            email=None,
            api_key_hash=f"{self.salon_id:064}",
            activation_deadline_at=self.box.clock(),
        )
        with self.box.uow() as work:
            company_id = work.companies.add(new).company_id
            work.companies.set_activated(company_id, self.box.clock())
            work.commit()
        return company_id


@pytest.fixture(scope="session")
def kept_plays(databases: Databases) -> KeptPlays:
    """What the worker's tests have filled."""
    return KeptPlays(databases)


@pytest.fixture
def played(
    database_url: str, redis_url: str, yclients_server: FakeYClients, kept_plays: KeptPlays
) -> Iterator[PlayedSalon]:
    """The salon, where nothing was read yet; `play` does that."""
    yclients_server.reset()
    given = {"database_url": database_url, "redis_url": redis_url, **yclients_server.config()}
    salon = PlayedSalon(
        Config(**given, jwt_secret="secret-of-the-chat-tests-of-32-bytes", public_url="https://bot.example"),
        yclients_server,
        kept=kept_plays,
    )
    yield salon
    salon.close()
