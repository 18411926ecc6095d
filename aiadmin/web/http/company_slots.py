"""How many requests of one company are served at once.

PostgreSQL's connections are few and everybody's. However many requests a company sends, and whatever they wait for,
they hold a quarter of them at most: the others find some free.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque

from flask import Flask, g, request

from aiadmin.domain.errors import SalonBusyError
from aiadmin.domain.ids import CompanyId

PATIENCE_SECONDS = 3.0
"""How long a request waits, holding nothing, for those of its company that are before it."""
_SHARE = 4
WAITING = frozenset({"qr"})
"""Blueprints that wait for a code for seconds, and for PostgreSQL only before that."""


class CompanySlots:
    """Slots of each company that has a request in hand; who waits for one gets it in turn."""

    def __init__(self, connections: int) -> None:
        self._size = max(connections // _SHARE, 1)
        self._lock = threading.Lock()
        self._used: Counter[CompanyId] = Counter()
        self._waiting: defaultdict[CompanyId, deque[threading.Lock]] = defaultdict(deque)

    def __len__(self) -> int:
        """How many slots are taken, of whichever company."""
        return self._used.total()

    def take(self, company_id: CompanyId, *, patience: float = PATIENCE_SECONDS) -> None:
        """Take a slot, waiting for one if need be; `give_back` must follow. Raises SalonBusyError."""
        with self._lock:
            if self._used[company_id] < self._size:
                self._used[company_id] += 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting[company_id].append(turn)
        if not turn.acquire(timeout=patience):
            self._leave_queue(company_id, turn)

    def give_back(self, company_id: CompanyId) -> None:
        """Let the next request of this company go on."""
        with self._lock:
            if self._waiting.get(company_id):
                self._waiting[company_id].popleft().release()  # the slot is theirs now
                return
            self._waiting.pop(company_id, None)
            self._used[company_id] -= 1
            if not self._used[company_id]:
                del self._used[company_id]

    def _leave_queue(self, company_id: CompanyId, turn: threading.Lock) -> None:
        with self._lock:
            if turn in self._waiting[company_id]:
                self._waiting[company_id].remove(turn)
                raise SalonBusyError
        # its turn came at the last moment


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
