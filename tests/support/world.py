"""Salons whose journals are read."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text, update

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.companies.company import NewCompany
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.sync_run import RunState, SyncKind, SyncRun
from aiadmin.domain.journal.webhook import NewWebhook, dedup_key
from aiadmin.services.journal import webhook_processing, webhooks
from aiadmin.storage.engine import make_engine
from aiadmin.storage.tables.core import CompanyRow
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.fakes.yclients.client import FakeYClients

JWT_SECRET = "secret-of-the-sync-tests-of-32-bytes!"
PUBLIC_URL = "https://bot.example"
_NUMBERS = itertools.count(1)


class World:
    """One database, and how to look at it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def uow(self) -> UnitOfWork:
        return UnitOfWork(self.engine)

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def company(self, **columns: Any) -> CompanyId:
        """A company that is connected."""
        number = next(_NUMBERS)
        new = NewCompany(
            salon_id=SalonId(1000 + number),
            phone=None,
            email=None,
            api_key_hash=f"{number:064}",
            activation_deadline_at=datetime.now(UTC) + timedelta(hours=1),
        )
        with self.uow() as work:
            company_id = work.companies.add(new).company_id
            work.companies.set_activated(company_id, datetime.now(UTC))
            work.commit()
        for name, value in columns.items():
            self.change(company_id, name, value)
        return company_id

    def know(self, company_id: CompanyId, *, since: datetime | None = None) -> None:
        """Its journal was read once, and from `since` on we hear of everything in it."""
        with self.uow() as work:
            work.sync_runs.start(company_id, SyncKind.FULL, datetime.now(UTC), is_new=True)
            work.commit()
        self.execute(
            "UPDATE sync_runs SET state = 'done', next_at = NULL, since = :since WHERE company_id = :id",
            since=since or datetime.now(UTC) - timedelta(days=1),
            id=company_id,
        )

    def change(self, company_id: CompanyId, column: str, value: object) -> None:
        """Set a column of a company."""
        with self.engine.begin() as connection:
            connection.execute(update(CompanyRow).where(CompanyRow.id == company_id).values({column: value}))

    def execute(self, statement: str, **parameters: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def rows(self, statement: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def events(self, company_id: CompanyId) -> Sequence[tuple[int, str, str]]:
        """Each event's record, kind and source, oldest first."""
        statement = "SELECT record_id, kind, source FROM booking_events WHERE company_id = :id ORDER BY id"
        return [(row[0], row[1], row[2]) for row in self.rows(statement, id=company_id)]


@pytest.fixture
def yclients(yclients_server: FakeYClients) -> FakeYClients:
    """A YClients that knows nothing yet."""
    yclients_server.reset()
    yclients_server.settings(hooks_are_held=True)
    return yclients_server


@dataclass(frozen=True)
class Installed:
    """A salon at YClients where our app is active, and the company that it is with us."""

    salon_id: int
    company_id: CompanyId
    hook_url: str


class Salons:
    """The product's adapters, YClients, and salons that are in both."""

    def __init__(self, box: Container, world: World, yclients: FakeYClients) -> None:
        self.box, self.world, self.yclients = box, world, yclients

    def install(self, **counts: Any) -> Installed:
        """A salon with a journal of so many clients, records, ..., activated just now."""
        company_id = self.world.company()
        with self.world.uow() as work:
            salon_id = int(work.companies.get(company_id).salon_id)
            work.sync_runs.start(company_id, SyncKind.FULL, self.world.clock(), is_new=True)
            work.commit()
        url = webhooks.address_of(company_id, public_url=PUBLIC_URL, secrets=self.box.secrets)
        self.yclients.salon(salon_id, **counts)
        self.yclients.activate(salon_id, webhook_urls=[url])
        return Installed(salon_id, company_id, url)

    def synchronise(self, salon: Installed, kind: SyncKind = SyncKind.FULL, box: Container | None = None) -> SyncRun:
        """Read slice after slice, as workers do, until the run waits or has ended."""
        while (run := (box or self.box).synchroniser.work(salon.company_id, kind)) is not None:
            if run.state is not RunState.RUNNING:
                return run
        pytest.fail("the run is not ours")

    def run(self, salon: Installed, kind: SyncKind = SyncKind.FULL) -> SyncRun:
        with self.world.uow() as work:
            run = work.sync_runs.find(salon.company_id, kind)
        assert run is not None
        return run

    def make_due(self, salon: Installed, kind: SyncKind) -> None:
        """Its time has come."""
        self.world.execute(
            "UPDATE sync_runs SET next_at = now() - interval '1 second' WHERE company_id = :id AND kind = :kind",
            id=salon.company_id,
            kind=kind,
        )

    def listen(self, salon: Installed) -> None:
        """Read everything; what happens from now on is news, whatever fraction of a second it happens in."""
        self.synchronise(salon)
        self.world.execute(
            "UPDATE sync_runs SET since = since - :ago WHERE company_id = :id AND kind = 'full'",
            ago=timedelta(seconds=2),
            id=salon.company_id,
        )

    def booking(self, salon: Installed, **fields: Any) -> dict[str, Any]:
        """What the desk needs to book a visit in three days."""
        state = self.yclients.state(salon.salon_id)
        day = self.world.clock().date() + timedelta(days=3)
        return {
            "staff_id": state["staff"][0]["id"],
            "services": [{"id": state["services"][0]["id"]}],
            "datetime": f"{day} 12:00:00",
            "seance_length": 3600,
            "client": {"name": "Нина", "phone": "79005550000"},
        } | fields

    def hear(self, salon: Installed, *bodies: dict[str, Any]) -> None:
        """These webhooks have arrived, and are understood."""
        now = self.world.clock()
        new = [
            NewWebhook(company_id=salon.company_id, dedup_key=dedup_key(body, body=raw), body=raw, received_at=now)
            for body, raw in ((body, json.dumps(body).encode()) for body in bodies)
        ]
        with self.world.uow() as work:
            work.webhooks.add_many(new)
            work.commit()
        webhook_processing.drain(uow=self.world.uow, clock=self.world.clock)

    def hear_all(self, salon: Installed) -> None:
        """Everything that YClients has sent so far has arrived."""
        self.hear(salon, *[one["body"] for one in self.yclients.deliveries() if one["kind"] == "entity"])

    def check(self) -> int:
        """It has been quiet, and workers read what was spoken of."""
        self.world.execute("UPDATE refetches SET due_at = now() - interval '1 second' WHERE due_at > now()")
        return self.box.refetcher.work()

    def reconcile(self, salon: Installed) -> None:
        """Ten minutes are over."""
        self.make_due(salon, SyncKind.CHANGES)
        assert self.synchronise(salon, SyncKind.CHANGES).state is RunState.DONE

    def numbers(self, salon: Installed, table: str, column: str) -> set[int]:
        """The entities of a table that have no tombstone."""
        found = self.world.rows(
            f"SELECT {column} FROM {table} WHERE company_id = :id AND deleted_at IS NULL",  # noqa: S608 - our own words
            id=salon.company_id,
        )
        return {row[0] for row in found}

    def asked(self, part: str) -> Sequence[str]:
        """The paths of the REST calls that hold `part`, in order."""
        return [request["path"] for request in self.yclients.requests() if part in request["path"]]


@pytest.fixture
def settings(database_url: str, redis_url: str, yclients: FakeYClients) -> dict[str, Any]:
    """The product's settings, wired to the fake and not held back by the budget."""
    return {
        "database_url": database_url,
        "redis_url": redis_url,
        "jwt_secret": JWT_SECRET,
        "public_url": PUBLIC_URL,
        **yclients.config(),
    }


@pytest.fixture
def salons(settings: dict[str, Any], world: World, yclients: FakeYClients) -> Iterator[Salons]:
    """The product as one process sees it."""
    box = Container(Config(**settings))
    yield Salons(box, world, yclients)
    box.close()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An empty database."""
    engine = make_engine(database_url)
    yield World(engine)
    engine.dispose()
