"""A host's right to hold sessions: one row in `session_hosts`, renewed by a thread of its own.

When it ends is PostgreSQL's to say, by its own clock. The host knows the end by a clock that nobody sets, counted
from before it asked: its own view is never longer than PostgreSQL's.
"""

from __future__ import annotations

import math
import os
import re
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.host import LEASE, RENEW_EVERY, Vitals
from aiadmin.domain.ids import HostId, HostName
from aiadmin.hosting import vitals
from aiadmin.hosting.suspend_watch import SuspendWatch, uptime
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

_RETRY_SECONDS = 1.0
log = structlog.get_logger(__name__)


def host_name() -> HostName:
    """What this process is called in `session_hosts`, and to what its nudges go."""
    machine = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())
    return HostName(f"{machine[:80]}:{os.getpid()}")


class Lease:
    """Takes a lease, renews it, and takes another under a new id when it is lost.

    Args:
        on_lost: called from the renewing thread; everything held under the old id must stop.
        on_overslept: called from any thread when the process stood still for longer than the lease.
        on_renewed: called from the renewing thread, too, with what the process takes of its machine.
        on_changed: called from there when a lease was taken, or an operator wants everything moved.
    """

    def __init__(
        self,
        *,
        uow: NewUnitOfWork,
        clock: Clock,
        capacity: int,
        on_lost: Callable[[], None],
        on_overslept: Callable[[], None],
        on_renewed: Callable[[Vitals], None] = lambda _vitals: None,
        on_changed: Callable[[], None] = lambda: None,
        duration: timedelta = LEASE,
        renew_every: timedelta = RENEW_EVERY,
    ) -> None:
        self._uow, self._clock, self._capacity, self._on_lost = uow, clock, capacity, on_lost
        self._on_renewed, self._on_changed = on_renewed, on_changed
        self._duration, self._renew_every = duration, renew_every
        self._name = host_name()
        self._is_draining = False
        self._host_id: HostId | None = None
        self._adopts_from = self._valid_until = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)
        self._watch = SuspendWatch(on_overslept=on_overslept)

    @property
    def host_id(self) -> HostId | None:
        """The id under which this process holds sessions, or None while it has no lease."""
        return self._host_id

    @property
    def may_adopt(self) -> bool:
        """Whether orphans are orphans: our own lease holds, and other hosts had time to renew after an outage."""
        return self._host_id is not None and self._adopts_from <= uptime() < self._valid_until

    @property
    def is_draining(self) -> bool:
        """Whether an operator wants everything moved off this host."""
        return self._is_draining

    def start(self) -> None:
        """Begin to take and renew."""
        self._thread.start()
        self._watch.start()

    def drain(self) -> None:
        """Say that this host takes nothing more, and renew no longer."""
        self._stopping.set()
        self._watch.stop()
        self._thread.join(timeout=2)
        if self._host_id is not None:
            with self._uow() as work:
                work.hosts.set_draining(self._host_id)
                work.commit()

    def give_up(self) -> None:
        """Leave everything that is still held to other hosts. Raises DependencyDownError."""
        if self._host_id is not None:
            with self._uow() as work:
                work.hosts.remove(self._host_id)
                work.commit()
            self._host_id = None

    def _run(self) -> None:
        is_failing = False
        while True:
            was_failing, is_failing = is_failing, not self._try()
            if is_failing and not was_failing:
                self._adopts_from = math.inf
                log.warning("the lease cannot be renewed; sessions stay connected")
            elif was_failing and not is_failing:
                self._adopts_from = uptime() + self._duration.total_seconds()
                log.info("the lease is renewed again")
            every = self._renew_every.total_seconds()
            if self._stopping.wait(min(_RETRY_SECONDS, every) if is_failing else every):
                return

    def _try(self) -> bool:
        try:
            self._take_or_renew()
        except DependencyDownError:
            return False
        except Exception:
            log.exception("the lease stumbled")
            return False
        return True

    def _take_or_renew(self) -> None:
        valid_until = uptime() + self._duration.total_seconds()
        taken = vitals.sample()
        with self._uow() as work:
            if self._host_id is not None and not work.hosts.renew(
                self._host_id, lease=self._duration, clock=self._clock(), vitals=taken
            ):
                log.error("the lease is lost: everything stops")
                self._host_id = None
                self._on_lost()
            if self._host_id is None:
                fresh = HostId(uuid.uuid4())
                work.hosts.add(fresh, lease=self._duration, capacity=self._capacity, name=self._name)
            else:
                fresh = self._host_id
            is_draining = work.hosts.is_draining(fresh)
            work.commit()
        self._watch.renewed(valid_until)
        before = self._host_id, self._is_draining
        self._host_id, self._is_draining, self._valid_until = fresh, is_draining, valid_until
        if before != (fresh, is_draining):
            self._on_changed()
        self._on_renewed(taken)
