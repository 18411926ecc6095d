"""What an operator learns of sessions: one log line for each change, and the numbers behind the dashboards."""

from __future__ import annotations

from datetime import timedelta

import structlog

from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.hosting.session import Session, is_looping
from aiadmin.domain.messages.message import SendOutcome
from aiadmin.domain.metrics import Metric
from aiadmin.hosting.hosted_device import HostedDevice
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.metrics import Metrics

log = structlog.get_logger(__name__)


class Telemetry:
    """Log lines and metrics of a host; it changes nothing."""

    def __init__(self, *, clock: Clock, metrics: Metrics) -> None:
        self._clock, self._metrics = clock, metrics

    def changed(self, held: HostedDevice, after: Session) -> None:
        """The held session is about to become `after`."""
        before = held.session
        if before.observed is after.observed:
            return
        device = held.device
        facts = {"company_id": device.company_id, "device_id": device.device_id}
        log.info("a session changed", **facts, state=after.observed, reason=after.reason)
        if after.observed is Observed.ONLINE:
            self._is_up(held, before)
        elif after.reason and before.retry_at is None:
            self._metrics.count(Metric.RECONNECTS, reason=after.reason)
        if is_looping(before, after):
            self._metrics.count(Metric.RECONNECT_LOOPS)
            log.warning("a session fails again and again", **facts, failures=after.failures)

    def event_lag(self, lag: timedelta) -> None:
        """An event of the library waited that long for the host."""
        self._metrics.observe(Metric.EVENT_LAG_SECONDS, lag.total_seconds())

    def message(self, outcome: SendOutcome) -> None:
        """A message was given to WhatsApp."""
        self._metrics.count(Metric.MESSAGES, result=outcome.value)

    def lost_lease(self) -> None:
        """The host's lease is gone."""
        self._metrics.count(Metric.LEASES_LOST)

    def suspended(self) -> None:
        """The process stood still for longer than its lease."""
        log.warning("the process stood still for longer than its lease; its sessions stop, and are looked at anew")
        self._metrics.count(Metric.LEASES_LOST)

    def _is_up(self, held: HostedDevice, before: Session) -> None:
        now = self._clock()
        if before.observed is Observed.STARTING:
            self._metrics.observe(Metric.START_SECONDS, (now - before.since).total_seconds())
        if held.adopted_at is not None:
            self._metrics.observe(Metric.ADOPTION_SECONDS, (now - held.adopted_at).total_seconds())
            held.adopted_at = None
