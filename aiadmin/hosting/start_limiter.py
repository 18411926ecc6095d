"""Says when the host may start its next session: the pace, the breaker, and what the rest of the fleet knows."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable

import structlog

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting import circuit_breaker as rules
from aiadmin.domain.hosting.circuit_breaker import Breaker, BreakerState, FleetView, PeerReport
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.hosting.session import Session
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.metrics import Metric
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.fleet import Fleet
from aiadmin.services.ports.metrics import Metrics

EXCHANGE_SECONDS = 1.0
CALM_EXCHANGE_SECONDS = 4.0
"""While all is well; a host whose reports stop is forgotten after ten seconds."""
_UP = frozenset({Observed.STARTING, Observed.ONLINE, Observed.DEGRADED})
_LOST = frozenset({Observed.RECONNECTING, Observed.BACKOFF, Observed.BANNED})
log = structlog.get_logger(__name__)


class StartLimiter:
    """`start` it; everything else is for the host's thread.

    Args:
        on_news: called from another thread when something new was heard of the fleet.
    """

    def __init__(
        self, *, fleet: Fleet, clock: Clock, metrics: Metrics, on_news: Callable[[], None] = lambda: None
    ) -> None:
        self._fleet, self._clock, self._metrics, self._on_news = fleet, clock, metrics, on_news
        self._id = uuid.uuid4().hex
        self._breaker = Breaker()
        self._fleet_view = FleetView()
        self._refused: set[DeviceId] = set()
        self._is_mass_logout = False
        self._is_over = False
        self._must_exchange = threading.Event()
        self._unanswered = 0
        self.next_start = 0.0
        self.free_connections: int | None = None
        self._thread = threading.Thread(target=self._exchange_forever, name="fleet", daemon=True)

    def start(self) -> None:
        """Begin to talk with the other hosts."""
        self._thread.start()

    def stop(self) -> None:
        """The others need not count on this host; does not wait for Redis."""
        self._is_over = True
        self._must_exchange.set()

    @property
    def hears_nudges(self) -> bool:
        """Whether nudges reach this host: they come through Redis, as the fleet's news do."""
        return self._fleet_view.is_known

    @property
    def is_calm(self) -> bool:
        """Whether nothing but an event can change what may start."""
        return rules.is_calm(self._breaker, self._clock()) and self._fleet_view.hold is None

    @property
    def is_open(self) -> bool:
        """Whether WhatsApp is away: what has lost its connection should not try by itself."""
        return self._breaker.state is BreakerState.OPEN

    @property
    def only_records(self) -> bool:
        """Whether nothing may be done but to write down what happens: too many devices were unlinked at once."""
        return rules.is_mass_logout(self._breaker, self._clock())

    def may_start(self) -> bool:
        """Whether a session may start now."""
        now = self._clock()
        return time.monotonic() >= self.next_start and rules.may_start(
            self._breaker, self._fleet_view.others, self._id, now
        )

    def started(self) -> None:
        """A session starts now."""
        self._breaker = rules.started(self._breaker, self._clock())
        self.next_start = time.monotonic() + 1 / self._start_rate()

    def startable(self, waiting: int) -> int:
        """How many sessions could be started soon, besides those that wait already."""
        return rules.startable(self._breaker, rate=self._start_rate(), waiting=waiting, now=self._clock())

    def _start_rate(self) -> float:
        rate = rules.start_rate(self._breaker, self._fleet_view.others, self._unanswered, self._clock())
        return min(rate, rules.rate_by_connections(self.free_connections))

    def observe(self, device_id: DeviceId, before: Session, after: Session) -> None:
        """A session went from one state to another."""
        now = self._clock()
        if after.observed is Observed.ONLINE:
            self._turn(rules.connected(self._breaker, device_id, now))
        elif before.observed in _UP and after.observed in _LOST:
            self._turn(rules.dropped(self._breaker, device_id, now))
        elif after.observed is Observed.OUTDATED:
            self._refused.add(device_id)
            self._must_exchange.set()
            self._turn(rules.refused(self._breaker, device_id, now))
        elif after.observed is Observed.LOGGED_OUT:
            self._turn(rules.logged_out(self._breaker, device_id, now))
            self._tell_mass_logout()

    def tick(self, sessions: int, unanswered: int) -> None:
        """Time has passed; the host holds this many sessions, of which so many wait for WhatsApp's first word."""
        self._unanswered = unanswered
        now, view = self._clock(), self._fleet_view
        if view.hold is not None:
            self._turn(rules.held(self._breaker, now + view.hold, now), reason="client_outdated")
        self._turn(rules.tick(self._breaker, view.others, sessions, now))
        self._tell_mass_logout()

    def _turn(self, after: Breaker, reason: str = "connections_lost") -> None:
        before, self._breaker = self._breaker, after
        if before.state is not after.state:
            self._must_exchange.set()
            level = logging.WARNING if after.state is BreakerState.OPEN else logging.INFO
            log.log(level, "the breaker is %s", after.state.value, reason=reason)
            self._metrics.count(Metric.BREAKER, state=after.state)

    def _tell_mass_logout(self) -> None:
        was, self._is_mass_logout = self._is_mass_logout, self.only_records
        if self._is_mass_logout and not was:
            log.error("mass_logout: WhatsApp unlinks one device after another; nothing starts until it is over")
            self._metrics.count(Metric.MASS_LOGOUTS)

    def _exchange_forever(self) -> None:
        while not self._is_over:
            before = self._fleet_view
            try:
                self._exchange()
            except Exception:
                log.exception("the fleet's news cannot be read")
                self._fleet_view = FleetView()
            if _without_times(self._fleet_view) != _without_times(before):
                self._on_news()
            is_quiet = self.hears_nudges and self.is_calm and not self._unanswered and not self._refused
            self._must_exchange.wait(CALM_EXCHANGE_SECONDS if is_quiet else EXCHANGE_SECONDS)
            self._must_exchange.clear()
        with contextlib.suppress(DependencyDownError):
            self._fleet.leave(self._id)

    def _exchange(self) -> None:
        refused = self._refused.copy()
        report = PeerReport(host_id=self._id, state=self._breaker.state, since=self._breaker.since)
        try:
            self._fleet_view = self._fleet.exchange(report, refused)
            self._refused -= refused
        except DependencyDownError:
            self._fleet_view = FleetView()


def _without_times(view: FleetView) -> tuple[object, ...]:
    """What is news when it changes: the hold that is left does so all the time."""
    return view.others, view.hold is not None, view.is_known
