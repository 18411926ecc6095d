"""A salon with a linked phone that a host of this test's own holds; PostgreSQL can be taken away from that host."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from aiadmin.domain.companies.company import NewCompany
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.device import Device, LinkedAccount
from aiadmin.domain.ids import CompanyId, HostId, MessageId, SalonId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, OutboxMessage, RecordedSend, SentMessage
from aiadmin.services.messages import messages
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.support.sent_recorder import SentRecorder

_NUMBERS = itertools.count(1)


def now() -> datetime:
    return datetime.now(UTC)


class Salons:
    """One database with salons in it."""

    def __init__(self, engine: Engine, database_url: str) -> None:
        self._engine = engine
        self._recorder = SentRecorder(database_url)
        self.is_down = False

    def uow(self, send_nudge: Callable[..., None] | None = None) -> UnitOfWork:
        """As tests see it: always there."""
        return UnitOfWork(self._engine, send_nudge=send_nudge)

    def shaky_uow(self) -> UnitOfWork:
        """As the parts under test see it."""
        if self.is_down:
            raise DependencyDownError("PostgreSQL")
        return UnitOfWork(self._engine)

    def record_sent(self, sent: SentMessage) -> RecordedSend:
        """As a host of this test's own has it."""
        if self.is_down:
            raise DependencyDownError("PostgreSQL")
        return self._recorder.ask(sent)

    def close(self) -> None:
        self._recorder.close()

    def add(self) -> Device:
        """A salon with a linked phone; its device, held by a host."""
        number = next(_NUMBERS)
        salon_id, account = SalonId(number), LinkedAccount(jid=f"7999000{number:04}:1@s.whatsapp.net", lid="77:1@lid")
        new = NewCompany(salon_id=salon_id, phone=None, email=None, api_key_hash="", activation_deadline_at=now())
        with self.uow() as work:
            company_id = work.companies.add(new).company_id
            work.devices.add(company_id, account, now())
            work.commit()
        return self.adopt(company_id)

    def adopt(self, company_id: CompanyId) -> Device:
        """Another host takes the salon's device."""
        host_id = HostId(uuid.uuid4())
        self.run("UPDATE devices SET host_id = NULL WHERE company_id = :id", id=company_id)
        with self.uow() as work:
            work.hosts.add(host_id, lease=timedelta(minutes=1), capacity=5)
            [device] = [
                one for one in work.devices.adopt(host_id, limit=99, now=now()) if one.company_id == company_id
            ]
            work.commit()
        return device

    def owe(self, device: Device, phone: str = "79995550001", **facts: Any) -> MessageId:
        """Owe a message to a client of the device's salon."""
        given: dict[str, Any] = {"text": "Ждём вас", "dedup_key": uuid.uuid4().hex, "deadline_at": None}
        new = NewMessage(company_id=device.company_id, **(given | facts))
        number = messages.send(new, to=IdentityObservation(phone=phone), uow=self.uow, clock=now)
        assert number is not None
        return number

    def message(self, device: Device, number: MessageId) -> OutboxMessage:
        found = messages.find(device.company_id, number, uow=self.uow)
        assert found is not None
        return found

    def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement), values).mappings()]

    def run(self, statement: str, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(statement), values)


@pytest.fixture
def salons(database_url: str) -> Iterator[Salons]:
    engine = make_engine(database_url, pool_size=20)
    salons = Salons(engine, database_url)
    yield salons
    salons.close()
    engine.dispose()
