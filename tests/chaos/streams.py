"""Messages both ways, without end, and an account of every one of them."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage
from aiadmin.services.messages import messages
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.hosted_salons import Salons

_CLIENTS = itertools.count(79_880_000_001)


class Streams(AbstractContextManager["Streams"]):
    """While it is entered, clients write to `talking` salons and these owe them messages.

    They write one each way every `pause` seconds.

    Attributes:
        written: what clients wrote: the ids that their phones gave.
        owed: what salons owe: the number in the outbox, and the text.
    """

    def __init__(self, whatsapp: FakeWhatsApp, salons: Salons, talking: int, *, pause: float = 0.1) -> None:
        self._whatsapp, self._salons, self._pause = whatsapp, salons, pause
        rows = salons.rows("SELECT company_id, phone FROM devices ORDER BY id LIMIT %s", talking)
        self._pairs = [(CompanyId(row["company_id"]), row["phone"], str(next(_CLIENTS))) for row in rows]
        self.written: list[str] = []
        self.owed: dict[int, str] = {}
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._repeat, args=[one]) for one in (self._write, self._owe)]

    def __enter__(self) -> Self:
        for _, _, client in self._pairs:
            self._whatsapp.phone(client)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, one: object) -> None:
        assert callable(one)
        for number in itertools.count():
            if self._is_over.wait(self._pause):
                return
            one(number, *self._pairs[number % len(self._pairs)])

    def _write(self, number: int, _company: CompanyId, salon: str, client: str) -> None:
        self.written.append(self._whatsapp.message(client, salon, f"к нам {number}"))

    def _owe(self, number: int, company_id: CompanyId, _salon: str, client: str) -> None:
        text = f"от нас {number}"
        new = NewMessage(company_id=company_id, text=text, dedup_key=f"chaos:{number}", deadline_at=None)
        with suppress(DependencyDownError):  # then nobody promised anything
            owed = messages.send(
                new, to=IdentityObservation(phone=client), uow=self._salons.uow, clock=lambda: datetime.now(UTC)
            )
            assert owed is not None
            self.owed[owed] = text

    def stored(self) -> Counter[str]:
        """How often the inbox has each message that clients wrote."""
        rows = self._salons.rows("SELECT message_id FROM inbox_messages WHERE direction = 'in'")
        return Counter(row["message_id"] for row in rows)

    def states(self) -> dict[int, str]:
        """Where each message stands that salons owe."""
        return {row["id"]: row["state"] for row in self._salons.rows("SELECT id, state FROM outbox_messages")}

    def undecided(self) -> list[int]:
        """What is still to be sent, or on its way."""
        return [number for number, state in self.states().items() if state in {"pending", "sending"}]

    def arrived(self) -> Counter[str]:
        """How often each text came to a client's phone."""
        return Counter(
            entry["text"]
            for _, _, client in self._pairs
            for entry in self._whatsapp.messages(client)
            if entry["to"] == client
        )
