"""What a host works with besides its sessions: other hosts, and metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from aiadmin.domain.hosting.circuit_breaker import FleetView, PeerReport
from aiadmin.domain.hosting.host import Vitals
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.messages.sending_policy import LeakyBucket, typing_time
from aiadmin.domain.metrics import Metric
from aiadmin.services.ports.fleet import Fleet
from aiadmin.services.ports.metrics import Metrics


class NoFleet:
    """`ports.fleet.Fleet` of a host that is the only one."""

    def exchange(self, report: PeerReport, refused: Iterable[DeviceId] = ()) -> FleetView:
        """An empty view: there are no other hosts."""
        return FleetView()

    def leave(self, host_id: str) -> None:
        """Nothing to do: there are no other hosts."""


class NoMetrics:
    """`ports.metrics.Metrics` that forget at once."""

    def count(self, metric: Metric, **labels: str) -> None:
        """Nothing is counted."""

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None:
        """Nothing is kept."""

    def gauge(self, metric: Metric, value: float) -> None:
        """Nothing is shown."""


@dataclass(frozen=True, kw_only=True)
class SendingMode:
    """How a host writes to clients.

    Attributes:
        gaps: how long a device rests after a message; None for a program in a hurry, which does not type either.
        is_paused: whether only what a human has just typed goes out.
        typing_time: how long a client sees "typing" before a text.
    """

    gaps: LeakyBucket | None = None
    is_paused: bool = False
    typing_time: Callable[[str], timedelta] = typing_time


@dataclass(frozen=True, kw_only=True)
class Collaborators:
    """What a host works with besides its engine and PostgreSQL; by default nothing is there.

    Attributes:
        keeps_voices: whether clients' voice messages are listened to somewhere, so that it is kept where they lie.
        ask_for_turns: asks workers to handle the chats that are due; raises nothing, and may take seconds.
        on_vitals: called now and then, in another thread, with what the process takes of its machine.
    """

    fleet: Fleet = field(default_factory=NoFleet)
    metrics: Metrics = field(default_factory=NoMetrics)
    mode: SendingMode = field(default_factory=SendingMode)
    keeps_voices: bool = False
    ask_for_turns: Callable[[], None] = lambda: None
    on_vitals: Callable[[Vitals], None] = lambda _vitals: None
