"""Salons whose phone is linked, so that their activation is due; and the rows that say what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.companies.outbox import OutboxRow, OutboxState
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId, OutboxId, SalonId
from aiadmin.services.companies import registration
from aiadmin.services.pairing import pairings
from tests.fakes.yclients.client import FakeYClients

CALLBACK = "/marketplace/partner/callback"
WINDOW = timedelta(hours=1)
JWT_SECRET = "secret-of-the-delivery-tests-32-bytes"


@dataclass(frozen=True)
class Salon:
    """One salon, and how to look at it."""

    box: Container
    company_id: CompanyId
    outbox_id: OutboxId
    api_key: str

    @property
    def company(self) -> Company:
        with self.box.uow() as work:
            return work.companies.get(self.company_id)

    @property
    def row(self) -> OutboxRow:
        with self.box.uow() as work:
            row = work.outbox.find(self.outbox_id)
        assert row is not None
        return row

    @property
    def state(self) -> str:
        return self.row.state.value

    def deliver(self) -> OutboxState | None:
        """One attempt in this process."""
        return self.box.activation_sender.deliver(self.outbox_id)

    def let_time_pass(self) -> None:
        """Whatever the row waits for is over now."""
        with self.box.engine.begin() as connection:
            connection.execute(
                text("UPDATE outbox SET next_attempt_at = now() WHERE id = :id"), {"id": self.outbox_id}
            )


@contextmanager
def make_container(**settings: object) -> Iterator[Container]:
    """The product's adapters on the given settings, closed afterwards."""
    box = Container(Config(jwt_secret=JWT_SECRET, public_url="https://bot.example", **settings))  # type: ignore[arg-type]
    yield box
    box.close()


def register(box: Container, salon_id: int = 962302, window: timedelta = WINDOW) -> registration.Registration:
    """A salon that has registered."""
    return registration.register(
        salon_id=SalonId(salon_id),
        phone="79001234567",
        email=None,
        store=box.registrations.ask,
        secrets=box.secrets,
        tokens=box.tokens,
        clock=box.clock,
        window=window,
    )


def complete(box: Container, company_id: CompanyId, jid: str) -> pairings.Linked:
    """A phone has confirmed."""
    account = LinkedAccount(jid=jid, lid="12:3@lid")
    return pairings.complete(company_id, account, uow=box.uow, clock=box.clock, window=WINDOW)


def link(box: Container, salon_id: int = 962302, window: timedelta = WINDOW) -> Salon:
    """A salon that has registered and linked its phone; nobody has been nudged."""
    made = register(box, salon_id, window)
    account = LinkedAccount(jid=f"79{salon_id:09}:7@s.whatsapp.net", lid=None)
    linked = pairings.complete(made.company.company_id, account, uow=box.uow, clock=box.clock, window=window)
    assert linked.outbox_id is not None
    return Salon(box, made.company.company_id, linked.outbox_id, made.api_key)


def awaited(box: Container, yclients: FakeYClients, salon_id: int = 962302, **fault: object) -> Salon:
    """A linked salon that YClients waits for; its activation call meets the fault."""
    yclients.connect([salon_id])
    if fault:
        yclients.fault(CALLBACK, **fault)
    return link(box, salon_id)
