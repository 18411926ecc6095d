"""The session host: adopts devices, keeps their sessions connected, and tells PostgreSQL what it sees.

One thread owns everything here and takes one message after another from its inbox: no locks, no order to get wrong.
Only the renewing of the lease, a logout (it may take half a minute) and messages have threads of their own.
"""

from __future__ import annotations

import contextlib
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from aiadmin.adapters.whatsapp.engine import EngineError, UnknownDeviceError
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.device import Desired, Device, Observed
from aiadmin.domain.hosting.host import LEASE, RENEW_EVERY
from aiadmin.domain.hosting.session import (
    Action,
    SessionStep,
    due_at,
    failed,
    parked,
    postponed,
    restarted,
    tick,
    transition,
)
from aiadmin.domain.hosting.session_event import LoggedOut, LogoutReason, SessionEvent
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.look_schedule import NET_SECONDS, TICK_SECONDS, LookSchedule
from aiadmin.domain.messages.message import RecordedSend, SentMessage
from aiadmin.hosting.chat_news import ChatNews
from aiadmin.hosting.collaborators import Collaborators
from aiadmin.hosting.hosted_device import HostedDevice
from aiadmin.hosting.incoming import Incoming
from aiadmin.hosting.lease import Lease
from aiadmin.hosting.orphan_keys import OrphanKeys
from aiadmin.hosting.outgoing import Online, Outgoing
from aiadmin.hosting.ports import Keys, SessionEngine
from aiadmin.hosting.start_limiter import StartLimiter
from aiadmin.hosting.telemetry import Telemetry
from aiadmin.hosting.turn_nudges import TurnNudges
from aiadmin.hosting.unlinking import Unlinking
from aiadmin.services.hosting import sessions
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.pages import PageEvents
from aiadmin.storage.unit_of_work import NewUnitOfWork
from aiadmin.texts import ru

_STOP_SECONDS = 1.0
"""What stopping hundreds of sessions takes at most, and writing what they heard last."""
_SHORTEST_PAUSE = 0.05
"""Between two looks, when something is due that cannot be done."""
_KEYS_MISSING = LoggedOut(reason=LogoutReason.KEYS_MISSING)
"""The library deletes a device's keys only when WhatsApp unlinked it; a crash may have swallowed the event."""
_rng = random.SystemRandom().random
log = structlog.get_logger(__name__)


class SessionHost:
    """Holds at most `capacity` devices. `start` it, `wake` when something changed, `drain` it at the end."""

    def __init__(
        self,
        *,
        engine: SessionEngine,
        keys: Keys,
        uow: NewUnitOfWork,
        clock: Clock,
        page_events: PageEvents,
        record_sent: Callable[[SentMessage], RecordedSend],
        capacity: int,
        lease: timedelta = LEASE,
        renew_every: timedelta = RENEW_EVERY,
        collaborators: Collaborators | None = None,
    ) -> None:
        self._engine, self._keys, self._uow, self._clock, self._rooms = engine, keys, uow, clock, page_events
        self._held: dict[DeviceId, HostedDevice] = {}
        self._holdings: sessions.Holdings | None = None
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._looks = LookSchedule()
        self._is_settled = False
        self._over = False
        self._orphan_keys = OrphanKeys(keys)
        self._unlinking = Unlinking(engine=engine, keys=keys, uow=uow, clock=clock, on_progress=self.wake)
        collaborators = collaborators or Collaborators()
        self._start_limiter = StartLimiter(
            fleet=collaborators.fleet, clock=clock, metrics=collaborators.metrics, on_news=self.wake
        )
        self._telemetry = Telemetry(clock=clock, metrics=collaborators.metrics)
        self._lease = Lease(
            uow=uow,
            clock=clock,
            capacity=capacity,
            on_lost=lambda: self._inbox.put(self._lose),
            on_overslept=self._after_suspend,
            on_renewed=collaborators.on_vitals,
            on_changed=self.wake,
            duration=lease,
            renew_every=renew_every,
        )
        self._turn_nudges = TurnNudges(collaborators.ask_for_turns, clock)
        self._chat_news = ChatNews(page_events.messages)
        self._incoming = Incoming(
            uow=uow,
            clock=clock,
            on_due=self._turn_nudges.at,
            on_news=self._chat_news.add,
            keeps_voices=collaborators.keeps_voices,
        )
        sent, mode = self._incoming.sent, collaborators.mode
        self._outgoing = Outgoing(
            engine,
            self._online,
            uow=uow,
            clock=clock,
            on_sent=sent,
            on_news=self._chat_news.add,
            on_result=self._telemetry.message,
            record_sent=record_sent,
            mode=mode,
            net_seconds=self._net_seconds,
        )
        self._thread = threading.Thread(target=self._run, name="host", daemon=True)

    def start(self) -> None:
        """Begin to hold devices."""
        self._lease.start()
        parts = (
            self._thread,
            self._turn_nudges,
            self._chat_news,
            self._incoming,
            self._outgoing,
            self._start_limiter,
        )
        for part in parts:
            part.start()

    def wake(self) -> None:
        """Something may have changed in PostgreSQL: look now rather than when something is due."""
        self._inbox.put(self._look_now)
        self._outgoing.wake()

    def wake_sending(self) -> None:
        """Messages may be owed through devices that are held here: look at these alone."""
        self._outgoing.wake()

    def drain(self, timeout: float = 8.0) -> None:
        """Finish what is on its way, disconnect everything, leave it to other hosts; takes some `timeout` at most."""
        deadline = time.monotonic() + timeout
        self._start_limiter.stop()
        try:
            self._lease.drain()
        except DependencyDownError:
            log.warning("PostgreSQL is away: other hosts will find the sessions when the lease runs out")
        if not self._outgoing.stop(deadline - time.monotonic() - _STOP_SECONDS):
            log.warning("some messages are on their way still, and nobody will know whether they arrived")
        self._inbox.put(self._finish)
        self._thread.join(max(deadline - time.monotonic(), _STOP_SECONDS))
        self._engine.flush(_STOP_SECONDS)
        self._incoming.close(_STOP_SECONDS)
        self._turn_nudges.close(_STOP_SECONDS)
        self._chat_news.close(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._over:
            try:
                self._turn()
            except Exception:
                log.exception("the session host stumbled")

    def _turn(self) -> None:
        now = time.monotonic()
        next_start = self._start_limiter.next_start
        wake = min(self._looks.at, next_start) if next_start > now else self._looks.at
        with contextlib.suppress(queue.Empty):
            self._inbox.get(timeout=max(wake - now, 0.0))()
        if (began := time.monotonic()) >= self._looks.at:
            self._looks.began(began)
            next_in = TICK_SECONDS
            try:
                self._look()
                next_in = self._next_look_in()
            finally:
                self._looks.no_later_than(began + next_in)
        self._start_next()

    def _look(self) -> None:
        """Bring everything in line with PostgreSQL, and with the time."""
        try:
            self._reconcile()
            self._is_settled = self._lease.may_adopt and not self._lease.is_draining
        except DependencyDownError:
            self._is_settled = False
            log.debug("PostgreSQL is away; the sessions go on")
        self._start_limiter.tick(len(self._held), sum(held.is_starting for held in self._held.values()))
        for held in list(self._held.values()):
            if held.session.retry_at is None:
                self._apply(held, self._step(held))
        if not self._start_limiter.only_records:
            self._orphan_keys.sweep()

    def _next_look_in(self) -> float:
        """Seconds until something is due; a tick while anything is on its way, or while nudges cannot come."""
        now, held = self._clock(), list(self._held.values())
        is_quiet = self._is_settled and self._start_limiter.is_calm and all(each.is_settled(now) for each in held)
        if not is_quiet:
            return TICK_SECONDS
        due = [(at - now).total_seconds() for each in held if (at := due_at(each.session)) is not None]
        if self._holdings is not None and self._holdings.more_in is not None:
            due.append(self._holdings.more_in)
        return max(min([self._net_seconds(), *due]), _SHORTEST_PAUSE)

    def _net_seconds(self) -> float:
        """How long to wait when nothing is due: nudges may get lost, and without Redis none come."""
        return NET_SECONDS if self._start_limiter.hears_nudges else TICK_SECONDS

    def _step(self, held: HostedDevice) -> SessionStep:
        """What the passing of time means; with WhatsApp away, no session tries by itself."""
        if self._start_limiter.is_open and held.session.observed is Observed.RECONNECTING:
            return parked(held.session, "whatsapp_away", self._clock(), _rng())
        return tick(held.session, self._clock(), _rng())

    def _reconcile(self) -> None:
        """Bring what we hold in line with the rows. Raises DependencyDownError."""
        rows = self._adopt()
        for device_id, held in list(self._held.items()):
            row = rows.get(device_id)
            if row is None or row.epoch != held.device.epoch:
                self._drop(held)
            else:
                held.device = row
        for device_id, row in rows.items():
            held = self._held.setdefault(device_id, HostedDevice.adopt(row, self._clock()))
            self._follow_orders(held)

    def _adopt(self) -> Mapping[DeviceId, Device]:
        host_id = self._lease.host_id
        if host_id is None:
            return {}
        may_take = self._lease.may_adopt and not self._over
        waiting = len(self._waiting())
        startable = self._start_limiter.startable(waiting) if may_take else 0
        self._holdings = sessions.adopt(
            host_id,
            startable=startable,
            is_starting=waiting > 0,
            known=self._holdings,
            uow=self._uow,
            clock=self._clock,
        )
        self._start_limiter.free_connections = self._holdings.free_connections
        return self._holdings.devices

    def _follow_orders(self, held: HostedDevice) -> None:
        if self._outgoing.is_sending(held.device.device_id):
            return  # what is on its way arrives first
        if held.device.desired is Desired.OFF or self._lease.is_draining:
            sessions.release(held.device, uow=self._uow)
            self._drop(held)
        elif held.is_to_remove:
            if not self._start_limiter.only_records and self._unlinking.advance(held):
                self._drop(held)
        elif held.is_to_restart:
            held.obeyed_restart = held.device.restart_asked_at
            self._apply(held, restarted(held.session, self._clock()))

    def _start_next(self) -> None:
        if self._over or not self._start_limiter.may_start():
            return
        waiting = self._waiting()
        if waiting:
            self._start_limiter.started()
            self._start(min(waiting, key=lambda held: held.session.retry_at or held.session.since))

    def _waiting(self) -> list[HostedDevice]:
        """What is due to start."""
        now = self._clock()
        return [held for held in self._held.values() if held.session.retry_at and held.session.retry_at <= now]

    def _start(self, held: HostedDevice) -> None:
        now = self._clock()
        before, held.session = held.session, tick(held.session, now, 0.0).session
        held.run += 1
        self._save(held)
        if held.device.device_id not in self._held:
            return
        others = partial(self._dispatch_events, held.device.device_id, held.session_id)
        listener = self._incoming.listener(held.device, others)
        try:
            self._engine.start(held.session_id, self._keys, held.device.jid, listener)
        except UnknownDeviceError:
            self._apply(held, transition(held.session, _KEYS_MISSING, now, _rng()))
        except DependencyDownError:
            held.session = postponed(before, now, _rng())
        except EngineError:
            log.exception("a session could not be started", device_id=held.device.device_id)
            self._apply(held, failed(held.session, "engine", now, _rng()))

    def _dispatch_events(self, device_id: DeviceId, session_id: str, event: SessionEvent) -> None:
        self._inbox.put(partial(self._handle_event, device_id, session_id, event, self._clock()))

    def _handle_event(self, device_id: DeviceId, session_id: str, event: SessionEvent, said_at: datetime) -> None:
        self._telemetry.event_lag(self._clock() - said_at)
        held = self._held.get(device_id)
        if held is None or held.session_id != session_id:
            return
        self._apply(held, transition(held.session, event, self._clock(), _rng()))
        if held.is_to_remove:
            self._look_now()

    def _online(self) -> list[Online]:
        """What can send now; asked from another thread."""
        return [Online(held.device, held.session_id) for held in self._held.copy().values() if held.can_send]

    def _apply(self, held: HostedDevice, step: SessionStep) -> None:
        before, could_send = held.session, held.can_send
        if step.session.observed is not before.observed:
            self._telemetry.changed(held, step.session)
            self._start_limiter.observe(held.device.device_id, before, step.session)
            self._looks.no_later_than(time.monotonic() + TICK_SECONDS)
        held.session = step.session
        if held.can_send and not could_send:
            self._outgoing.look_soon()
        if step.action is Action.STOP:
            self._engine.stop(held.session_id)
        self._save(held)

    def _save(self, held: HostedDevice) -> None:
        """Tell PostgreSQL; what it does not hear now it hears a second later."""
        if not held.is_unsaved:
            return
        try:
            is_ours = sessions.observe(held.device, held.session, uow=self._uow)
        except DependencyDownError:
            return
        held.written = held.session
        if not is_ours:
            self._drop(held)
        elif held.session.observed is Observed.LOGGED_OUT and not held.is_to_remove:
            self._drop(held)
            self._rooms.status(held.device.company_id, state="logged-out", text=ru.logged_out(held.session.reason))

    def _look_now(self) -> None:
        self._looks.nudged(time.monotonic())

    def _drop(self, held: HostedDevice) -> None:
        """Hold the device no longer; its row is not touched."""
        self._engine.stop(held.session_id)
        self._held.pop(held.device.device_id, None)

    def _stop_all(self) -> None:
        for held in list(self._held.values()):
            self._drop(held)

    def _lose(self) -> None:
        self._telemetry.lost_lease()
        self._stop_all()

    def _after_suspend(self) -> None:
        """Be quiet before the library reconnects; called from another thread, and the own one may be slow to wake."""
        for held in self._held.copy().values():
            self._engine.stop(held.session_id)
        self._inbox.put(self._wake)

    def _wake(self) -> None:
        """Others may hold our sessions by now: look first, and start anew what is left."""
        self._telemetry.suspended()
        now = self._clock()
        for held in self._held.values():
            self._engine.stop(held.session_id)  # it may have started meanwhile
            held.begin_anew(now)
        self._look_now()

    def _finish(self) -> None:
        self._over = True
        self._stop_all()
        try:
            self._lease.give_up()
        except DependencyDownError:
            log.warning("the lease stays until it runs out")
