"""A linked salon whose messages are looked at from both ends."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.services.messages import messages
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.hosted_salons import Salons
from tests.support.hosts import Pair

PHONES = itertools.count(79_995_550_001)
"""Each is a client of one test alone."""
_KEYS = itertools.count(1)


class Salon:
    """A salon whose phone is linked, as the tests see it."""

    def __init__(self, whatsapp: FakeWhatsApp, pair: Pair, database: Salons) -> None:
        self.whatsapp, self.database = whatsapp, database
        [linked] = pair(database.database_url)
        self.jid: str = linked["jid"]
        self.phone = self.jid.partition(":")[0]
        self.company_id: CompanyId = database.add(**linked)

    def owe(self, phone: str, text: str, purpose: Purpose = Purpose.MANUAL) -> int:
        """Owe a message; nobody is nudged."""
        key = f"test:{next(_KEYS)}"
        new = NewMessage(company_id=self.company_id, text=text, dedup_key=key, deadline_at=None, purpose=purpose)
        number = messages.send(
            new, to=IdentityObservation(phone=phone), uow=self.database.uow, clock=lambda: datetime.now(UTC)
        )
        assert number is not None
        return number

    def outbox(self, number: int) -> dict[str, Any]:
        [row] = self.database.rows("SELECT * FROM outbox_messages WHERE id = %s", number)
        return row

    def inbox(self, message_id: str) -> dict[str, Any]:
        """The stored message with its contact, or nothing."""
        rows = self.database.rows(
            "SELECT m.*, c.lid, c.phone, c.push_name FROM inbox_messages m JOIN contacts c ON c.id = m.contact_id"
            " WHERE message_id = %s",
            message_id,
        )
        return next(iter(rows), {})

    def contacts(self, phone: str) -> list[tuple[str | None, str | None]]:
        """The rows that are this person, by LID or by phone."""
        lid = str(self.whatsapp.phone(phone)["lid"])
        rows = self.database.rows("SELECT lid, phone FROM contacts WHERE lid = %s OR phone = %s", lid, phone)
        return [(row["lid"], row["phone"]) for row in rows]

    def is_online(self, *, epoch: int = 1) -> bool:
        return self.database.is_online(self.company_id, epoch=epoch)

    def arrived(self, phone: str) -> list[str]:
        """The texts that a client's phone has got."""
        return [entry["text"] for entry in self.whatsapp.messages(phone) if entry["to"] == phone]
