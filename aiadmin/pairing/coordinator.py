"""The desk: takes watched companies from the queue, pairs them in rooms, and commits the links.

One thread in the `sessions` process. It never loads the WhatsApp library: rooms do, in processes of their own.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from aiadmin.adapters.whatsapp import store
from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.container import Container
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing.attempt import Timing
from aiadmin.pairing.attempts import Attempts
from aiadmin.pairing.claims import Traces
from aiadmin.pairing.heartbeat import Pulse
from aiadmin.pairing.page_publisher import Board
from aiadmin.pairing.process import RoomSaid
from aiadmin.pairing.process_pool import House

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25
REFRESH_SECONDS = 5.0
"""A code in Redis lives 20 s after its maker's last sign."""
CLEAN_SECONDS = 60.0
"""How often to look for what a desk that died has left."""
PAUSE_SECONDS = 1.0
"""Nothing new begins for this long after PostgreSQL did not answer, and nothing at all after a mistake of ours."""
DRAIN_SECONDS = 8.0
"""Phones that have confirmed are given this long when the process is asked to end."""


class Desk:
    """`start` and `stop` it once; `look` may be called from any thread, and is only a hint."""

    def __init__(
        self,
        container: Container,
        *,
        timing: Timing | None = None,
        env: Mapping[str, str] | None = None,
        drain_seconds: float = DRAIN_SECONDS,
        clean_seconds: float = CLEAN_SECONDS,
    ) -> None:
        config = container.config
        self._container = container
        self._timing = timing or Timing()
        self._drain_seconds = drain_seconds
        self._clean_seconds = clean_seconds
        self._owner = uuid.uuid4().hex
        self._events: queue.SimpleQueue[RoomSaid | None] = queue.SimpleQueue()
        dsn = store.dsn(config.database_url, "aiadmin-pairing")
        environment = os.environ if env is None else env
        self._capacity = config.pairing_capacity
        self.house = House(capacity=self._capacity, dsn=dsn, env=environment, events=self._events)
        self._board = Board(container.feed, container.rooms, container.clock)
        self._traces = Traces(container, self._owner)
        self._pulse = Pulse(container.feed, self._owner)
        keys = SqlKeyStore(container.engine, dsn)
        self._attempts = Attempts(container, self.house, self._board, self._traces, keys, timing=self._timing)
        self._places: dict[CompanyId, int] = {}
        self._blind_until = self._resume_at = container.clock()
        self._next_tick = self._next_refresh = self._next_clean = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pairing desk", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._pulse.start()
        self._thread.start()

    def look(self) -> None:
        """Something may have changed: look now rather than in a moment."""
        self._events.put(None)

    def stop(self) -> None:
        """Hand every attempt over, finish the phones that have confirmed, end every room; returns when done."""
        self._stopping.set()
        self.look()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._turn()
        deadline = time.monotonic() + self._drain_seconds
        self._attempts.hand_over_all()
        while len(self._attempts) and time.monotonic() < deadline:
            self._turn()
        if len(self._attempts):
            log.error("linked phones were not recorded", companies=self._attempts.ids())
        self.house.close()
        self._pulse.stop()

    def _turn(self) -> None:
        try:
            self._listen()
            if time.monotonic() >= self._next_tick:
                self._next_tick = time.monotonic() + TICK_SECONDS
                self._tick(self._container.clock())
        except Exception:
            # the top of a long-lived thread: pairing goes on with the next turn
            log.exception("the pairing desk stumbled")
            self._stopping.wait(PAUSE_SECONDS)

    def _listen(self) -> None:
        """Wait for a word until the next tick is due."""
        try:
            said = self._events.get(timeout=max(0.0, self._next_tick - time.monotonic()))
        except queue.Empty:
            return
        if said is None:
            self._next_tick = 0.0
        elif said.facts is not None and said.facts["event"] == "log":
            level = logging.getLevelNamesMapping().get(said.facts["level"], logging.WARNING)
            log.log(level, said.facts["text"], room=said.room_id, source=said.facts["logger"])
        elif said.facts is not None:
            self._attempts.hear(said.facts, self._container.clock())
        else:
            for session_id in self.house.gone(said.room_id):
                self._attempts.lose(session_id, self._container.clock())

    def _tick(self, now: datetime) -> None:
        self.house.kill_hung()
        try:
            self._renew(now)
            if not self._stopping.is_set():
                self._admit(now)
                self.house.keep_warm(expected=self._container.feed.expects())
                self._clean_up()
        except DependencyDownError:
            self._blind_until = now + self._timing.blind
        self._attempts.step_all(now)
        self._refresh()

    def _renew(self, now: datetime) -> None:
        holds = self._container.feed.renew(self._attempts.ids(), self._owner)
        for company_id, hold in holds.items():
            self._attempts.heed(company_id, hold, now, blind=now < self._blind_until)

    def _refresh(self) -> None:
        if time.monotonic() < self._next_refresh:
            return
        self._next_refresh = time.monotonic() + REFRESH_SECONDS
        self._traces.settle()
        for company_id in self._attempts.ids():
            self._board.refresh(company_id)

    def _clean_up(self) -> None:
        if time.monotonic() >= self._next_clean:
            self._next_clean = time.monotonic() + self._clean_seconds
            self._traces.clean_up()

    def _admit(self, now: datetime) -> None:
        if now >= self._blind_until:
            # after Redis was away every heart seems to have stopped
            self._container.feed.free_orphans(self._owner)
        waiting = list(self._container.feed.queue())
        while waiting and self._can_open(now):
            company_id = waiting.pop(0)
            if self._container.feed.claim(company_id, self._owner) and not self._attempts.open(company_id, now):
                self._resume_at = now + timedelta(seconds=PAUSE_SECONDS)
        self._tell_places(waiting)

    def _can_open(self, now: datetime) -> bool:
        return len(self._attempts) < self._capacity and self.house.has_place() and now >= self._resume_at

    def _tell_places(self, waiting: Sequence[CompanyId]) -> None:
        places = {company_id: place for place, company_id in enumerate(waiting, 1)}
        for company_id, place in places.items():
            if self._places.get(company_id) != place:
                self._board.tell_place(company_id, place)
        self._places = places
