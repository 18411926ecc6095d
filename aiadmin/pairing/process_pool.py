"""The pairing processes of one coordinator. The pool starts and ends them, and knows which series runs where."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from aiadmin.adapters.whatsapp.store import StoreAddress
from aiadmin.domain.pairing import process_pool as rules
from aiadmin.domain.pairing.process_pool import ProcessLoad, StartProcess
from aiadmin.pairing.process import PairingProcess

log = structlog.get_logger(__name__)

CLOSE_SECONDS = 3.0
"""A process that was asked to end and has not is killed."""
WARM_PAUSE_SECONDS = 30.0
"""After a process that died before its first attempt, none is started ahead of need for this long."""


@dataclass
class _Entry:
    process: PairingProcess
    sessions: set[str] = field(default_factory=set)
    taken: int = 0

    @property
    def load(self) -> ProcessLoad:
        return ProcessLoad(process_id=self.process.process_id, live=len(self.sessions), taken=self.taken)


class ProcessPool:
    """Used by one thread, the coordinator's. What the processes say comes through the queue."""

    def __init__(
        self, *, capacity: int, address: StoreAddress, env: Mapping[str, str], events: queue.SimpleQueue[Any]
    ) -> None:
        self._capacity = capacity
        self._address = address
        self._env = env
        self._events = events
        self._open: dict[int, _Entry] = {}
        self._closing: dict[int, tuple[PairingProcess, float]] = {}
        self._next_id = 1
        self._expected = False
        self._warm_from = 0.0

    def keep_warm(self, *, expected: bool) -> None:
        """Have a process ready while an attempt is expected; end what waits when none is."""
        self._expected = expected
        for entry in list(self._open.values()):
            self._close_if_done(entry)
        processes = (entry.load for entry in self._open.values())
        if rules.should_warm(processes, self._capacity, expected=expected) and time.monotonic() >= self._warm_from:
            self._open_process()

    @property
    def is_empty(self) -> bool:
        """Whether no process is there, nor ends."""
        return not self._open and not self._closing

    def has_place(self) -> bool:
        """Whether one more series could start now."""
        return self._placement() is not rules.NoCapacity

    def start(self, session_id: str) -> bool:
        """Start a series in some process; False when every place is taken."""
        where = self._placement()
        if where is StartProcess:
            where = self._open_process()
        if not isinstance(where, int):
            return False
        entry = self._open[where]
        entry.sessions.add(session_id)
        entry.taken += 1
        entry.process.send(do="start", session=session_id, dsn=self._address.dsn)
        return True

    def ask_code(self, session_id: str, phone: str) -> None:
        """Ask WhatsApp for a pairing code."""
        entry = self._entry_of(session_id)
        if entry is not None:
            entry.process.send(do="phone", session=session_id, phone=phone)

    def stop(self, session_id: str) -> None:
        """End a series."""
        entry = self._entry_of(session_id)
        if entry is not None:
            entry.process.send(do="stop", session=session_id)
            self.session_ended(session_id)

    def session_ended(self, session_id: str) -> None:
        """A series has ended by itself; a process that has nothing left is closed."""
        entry = self._entry_of(session_id)
        if entry is not None:
            entry.sessions.discard(session_id)
            self._close_if_done(entry)

    def retire(self, session_id: str) -> None:
        """The process of this series is silent, perhaps hung: it gets nothing new."""
        entry = self._entry_of(session_id)
        if entry is not None:
            entry.taken = rules.MAX_TAKEN

    def process_ended(self, process_id: int) -> frozenset[str]:
        """A process has ended; returns the series that ended with it."""
        self._closing.pop(process_id, None)
        entry = self._open.pop(process_id, None)
        if entry is None:
            return frozenset()
        log.warning("a pairing process ended", pairing_process=process_id, attempts=len(entry.sessions))
        if entry.taken == 0:
            self._warm_from = time.monotonic() + WARM_PAUSE_SECONDS
        return frozenset(entry.sessions)

    def kill_hung(self) -> None:
        """End the processes that were closed and are still there."""
        for process, since in self._closing.values():
            if time.monotonic() - since > CLOSE_SECONDS:
                process.kill()

    def close(self) -> None:
        """End every process and wait until all are gone."""
        for entry in list(self._open.values()):
            self._close(entry.process)
        for process, _ in self._closing.values():
            if not process.join(CLOSE_SECONDS):
                process.kill()
                process.join(CLOSE_SECONDS)
        self._closing.clear()

    def pids(self) -> frozenset[int]:
        """The process ids of the processes that are open."""
        return frozenset(entry.process.pid for entry in list(self._open.values()))

    def _placement(self) -> rules.Placement:
        return rules.placement((entry.load for entry in self._open.values()), self._capacity)

    def _open_process(self) -> int:
        process_id, self._next_id = self._next_id, self._next_id + 1
        self._open[process_id] = _Entry(PairingProcess(process_id, self._events, self._env))
        return process_id

    def _close_if_done(self, entry: _Entry) -> None:
        if rules.is_done(entry.load, expected=self._expected):
            self._close(entry.process)

    def _close(self, process: PairingProcess) -> None:
        self._open.pop(process.process_id, None)
        self._closing[process.process_id] = (process, time.monotonic())
        process.close()

    def _entry_of(self, session_id: str) -> _Entry | None:
        return next((entry for entry in self._open.values() if session_id in entry.sessions), None)
