"""How many requests of one company are served at once.

PostgreSQL's connections are few and everybody's. However many requests a company sends, and whatever they wait for,
they hold a quarter of them at most: the others find some free.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from flask import Flask, g, request

from aiadmin.domain.errors import SalonBusyError
from aiadmin.domain.ids import CompanyId

PATIENCE_SECONDS = 3.0
"""How long a request waits, holding nothing, for those of its company that are before it."""
_SHARE = 4
WAITING = frozenset({"qr"})
"""Blueprints that wait for a code for seconds, and for PostgreSQL only before that."""


@dataclass
class _Slots:
    free: threading.Semaphore
    users: int = field(default=0)


class CompanySlots:
    """Slots of each company that has a request in hand."""

    def __init__(self, connections: int) -> None:
        self._size = max(connections // _SHARE, 1)
        self._lock = threading.Lock()
        self._slots: dict[CompanyId, _Slots] = {}

    def take(self, company_id: CompanyId, *, patience: float = PATIENCE_SECONDS) -> None:
        """Take a slot, waiting for one if need be; `give_back` must follow. Raises SalonBusyError."""
        with self._lock:
            slots = self._slots.setdefault(company_id, _Slots(threading.Semaphore(self._size)))
            slots.users += 1
        if not slots.free.acquire(timeout=patience):
            self._leave(company_id)
            raise SalonBusyError

    def give_back(self, company_id: CompanyId) -> None:
        """Let the next request of this company go on."""
        self._slots[company_id].free.release()
        self._leave(company_id)

    def _leave(self, company_id: CompanyId) -> None:
        with self._lock:
            slots = self._slots[company_id]
            slots.users -= 1
            if not slots.users:
                del self._slots[company_id]


def attach(app: Flask, connections: int) -> None:
    """Give back what the request in hand has taken, when it ends."""
    app.extensions["company_slots"] = CompanySlots(connections)

    def leave(_error: BaseException | None) -> None:
        company_id = g.pop("slot", None)
        if company_id is not None:
            app.extensions["company_slots"].give_back(company_id)

    app.teardown_request(leave)


def take(slots: CompanySlots, company_id: CompanyId) -> None:
    """Take a slot for the request in hand, until it ends. Raises SalonBusyError."""
    if request.blueprint not in WAITING and "slot" not in g:
        slots.take(company_id)
        g.slot = company_id
