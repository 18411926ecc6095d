"""The coordinator: takes watched companies from the queue, pairs them in processes of their own, and commits the
links.

One thread in the `sessions` process. It never loads the WhatsApp library: the pairing processes do.
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
from aiadmin.domain.look_schedule import LookSchedule
from aiadmin.domain.pairing.attempt import Timing
from aiadmin.pairing.attempts import Attempts
from aiadmin.pairing.claims import Claims
from aiadmin.pairing.heartbeat import Heartbeat
from aiadmin.pairing.page_publisher import PagePublisher
from aiadmin.pairing.process import ProcessEvent
from aiadmin.pairing.process_pool import ProcessPool

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25
IDLE_SECONDS = 2.0
"""While nobody pairs, or is about to: a page that opens sends a nudge, and this is the net under a lost one."""
REFRESH_SECONDS = 5.0
"""A code in Redis lives 20 s after its maker's last sign."""
CLEAN_SECONDS = 60.0
"""How often to look for what a coordinator that died has left."""
PAUSE_SECONDS = 1.0
"""Nothing new begins for this long after PostgreSQL did not answer, and nothing at all after a mistake of ours."""
DRAIN_SECONDS = 8.0
"""Phones that have confirmed are given this long when the process is asked to end."""


class Coordinator:
    """`start` and `stop` it once; `wake` may be called from any thread, and is only a hint."""

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
        self._events: queue.SimpleQueue[ProcessEvent | None] = queue.SimpleQueue()
        address = store.StoreAddress(config.database_url, "aiadmin-pairing")
        environment = os.environ if env is None else env
        self._capacity = config.pairing_capacity
        self.pool = ProcessPool(capacity=self._capacity, address=address, env=environment, events=self._events)
        self._publisher = PagePublisher(container.pairing_store, container.page_events, container.clock)
        self._claims = Claims(container, self._owner)
        self._heartbeat = Heartbeat(container.pairing_store, self._owner)
        keys = SqlKeyStore(container.engine, address)
        self._attempts = Attempts(container, self.pool, self._publisher, self._claims, keys, timing=self._timing)
        self._places: dict[CompanyId, int] = {}
        self._grace_until = self._resume_at = container.clock()
        self._looks = LookSchedule()
        self._next_refresh = self._next_clean = 0.0
        self._is_idle = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pairing coordinator", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._heartbeat.start()
        self._thread.start()

    def wake(self) -> None:
        """Something may have changed: look now rather than in a moment."""
        self._events.put(None)

    def stop(self) -> None:
        """Hand every attempt over, finish the phones that have confirmed, end every process; returns when done."""
        self._stopping.set()
        self.wake()
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
        self.pool.close()
        self._heartbeat.stop()

    def _turn(self) -> None:
        try:
            self._handle_next_event()
            if (began := time.monotonic()) >= self._looks.at:
                self._looks.began(began)
                self._is_idle = False
                try:
                    self._tick(self._container.clock())
                finally:
                    self._looks.no_later_than(began + (IDLE_SECONDS if self._is_idle else TICK_SECONDS))
        except Exception:
            # the top of a long-lived thread: pairing goes on with the next turn
            log.exception("the pairing coordinator stumbled")
            self._stopping.wait(PAUSE_SECONDS)

    def _handle_next_event(self) -> None:
        """Wait for a word until the next tick is due."""
        try:
            said = self._events.get(timeout=max(0.0, self._looks.at - time.monotonic()))
        except queue.Empty:
            return
        if said is None:
            self._looks.nudged(time.monotonic())
        elif said.facts is not None and said.facts["event"] == "log":
            level = logging.getLevelNamesMapping().get(said.facts["level"], logging.WARNING)
            log.log(level, said.facts["text"], pairing_process=said.process_id, source=said.facts["logger"])
        elif said.facts is not None:
            self._attempts.handle_event(said.facts, self._container.clock())
        else:
            for session_id in self.pool.process_ended(said.process_id):
                self._attempts.handle_process_end(session_id, self._container.clock())

    def _tick(self, now: datetime) -> None:
        self.pool.kill_hung()
        try:
            self._renew(now)
            if not self._stopping.is_set():
                self._admit(now)
                is_expected = self._container.pairing_store.wants_prewarm()
                self.pool.keep_warm(expected=is_expected)
                self._clean_up()
                is_working = self._attempts or self._places or is_expected or not self.pool.is_empty
                self._is_idle = not is_working and now >= self._grace_until
        except DependencyDownError:
            self._grace_until = now + self._timing.redis_grace
        self._attempts.step_all(now)
        self._refresh()

    def _renew(self, now: datetime) -> None:
        holds = self._container.pairing_store.renew(self._attempts.ids(), self._owner)
        for company_id, hold in holds.items():
            self._attempts.apply_claim(company_id, hold, now, redis_grace=now < self._grace_until)

    def _refresh(self) -> None:
        if not self._attempts:
            self._heartbeat.want(is_wanted=False)
        if time.monotonic() < self._next_refresh:
            return
        self._next_refresh = time.monotonic() + REFRESH_SECONDS
        self._claims.retry_unmark()
        for company_id in self._attempts.ids():
            self._publisher.refresh(company_id)

    def _clean_up(self) -> None:
        if time.monotonic() >= self._next_clean:
            self._next_clean = time.monotonic() + self._clean_seconds
            self._claims.clean_up()

    def _admit(self, now: datetime) -> None:
        if now >= self._grace_until:
            # after Redis was away every heart seems to have stopped
            self._container.pairing_store.free_orphans(self._owner)
        waiting = list(self._container.pairing_store.queue())
        while waiting and len(self._attempts) < self._capacity and self.pool.has_place() and now >= self._resume_at:
            company_id = waiting.pop(0)
            self._heartbeat.want(is_wanted=True)
            if self._container.pairing_store.claim(company_id, self._owner) and not self._attempts.open(
                company_id, now
            ):
                self._resume_at = now + timedelta(seconds=PAUSE_SECONDS)
        self._publish_places(waiting)

    def _publish_places(self, waiting: Sequence[CompanyId]) -> None:
        places = {company_id: place for place, company_id in enumerate(waiting, 1)}
        for company_id, place in places.items():
            if self._places.get(company_id) != place:
                self._publisher.publish_place(company_id, place)
        self._places = places
