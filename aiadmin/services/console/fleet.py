"""The fleet as an operator sees it: hosts, queues, the budget of calls, salons on their way in, and what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiadmin.domain.companies import audit
from aiadmin.domain.console import traffic
from aiadmin.domain.console.operator_session import OperatorSession
from aiadmin.domain.console.traffic import HourTraffic, MoneyNews
from aiadmin.domain.hosting.host import Host
from aiadmin.domain.ids import HostId
from aiadmin.domain.yclients.call_budget import BudgetReading
from aiadmin.services.console.operators import REFUSED
from aiadmin.services.hosting import sessions
from aiadmin.services.hosting.sessions import DrainRefused
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.console.feed import ActionNews, FunnelReading, SessionNews, StoppedSalon
from aiadmin.storage.console.work_queues import QueueReading
from aiadmin.storage.unit_of_work import NewUnitOfWork

NEWS = 50
"""So many lines are a page of the feed."""
FUNNEL = timedelta(days=7)
STOPPED = 50


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """All queues. Attributes: `jobs` and `budgets` are None where Redis does not say."""

    queues: Sequence[QueueReading]
    jobs: int | None
    budgets: Sequence[BudgetReading] | None


@dataclass(frozen=True, kw_only=True)
class FunnelPage:
    """The last week's registrations; `in_line` is how many wait for a code now, None where Redis does not say."""

    reading: FunnelReading
    stopped: Sequence[StoppedSalon]
    in_line: int | None


@dataclass(frozen=True, kw_only=True)
class TrafficPage:
    """The last day's messages by the hour, and what was last done about money."""

    hours: Sequence[HourTraffic]
    money: Sequence[MoneyNews]


@dataclass(frozen=True, kw_only=True)
class FleetDesk:
    """Reads; and has hosts drained.

    Attributes:
        jobs, budgets, in_line: ask Redis, and give None while it is away.
    """

    uow: NewUnitOfWork
    clock: Clock
    jobs: Callable[[], int | None]
    budgets: Callable[[], Sequence[BudgetReading] | None]
    in_line: Callable[[], int | None]

    def hosts(self) -> Sequence[Host]:
        """The hosts that live, the oldest first."""
        with self.uow() as work:
            return work.hosts.list_alive()

    def queues(self) -> Sequence[QueueReading]:
        """What waits in PostgreSQL."""
        with self.uow() as work:
            return work.work_queues.read(self.clock())

    def queue_page(self) -> QueuePage:
        """What waits anywhere."""
        return QueuePage(queues=self.queues(), jobs=self.jobs(), budgets=self.budgets())

    def funnel(self) -> FunnelReading:
        """How far those have come that registered within the last week."""
        with self.uow() as work:
            return work.feed.funnel(self.clock() - FUNNEL)

    def funnel_page(self) -> FunnelPage:
        """The same, and who has stopped where."""
        since = self.clock() - FUNNEL
        with self.uow() as work:
            return FunnelPage(
                reading=work.feed.funnel(since),
                stopped=work.feed.stopped(since, limit=STOPPED),
                in_line=self.in_line(),
            )

    def traffic_page(self) -> TrafficPage:
        """Of all salons."""
        now = self.clock()
        with self.uow() as work:
            hours = traffic.by_hour(work.traffic.by_hour(traffic.since(now)), now)
            return TrafficPage(hours=hours, money=work.traffic.money(limit=NEWS))

    def session_news(self, before: int | None) -> Sequence[SessionNews]:
        with self.uow() as work:
            return work.feed.sessions(before=before, limit=NEWS)

    def action_news(self, before: int | None) -> Sequence[ActionNews]:
        with self.uow() as work:
            return work.feed.actions(before=before, limit=NEWS)

    def drain(self, host_id: HostId, *, force: bool, by: OperatorSession) -> int | DrainRefused:
        """Have a host hand everything over; how many sessions, or why not."""
        now = self.clock()
        with self.uow() as work:
            details = {"host": str(host_id), "force": force}
            entry = work.audit.add(None, actor=by.actor, action="host.drain", details=details, at=now)
            work.commit()
        held = sessions.drain_host(host_id, force=force, uow=self.uow, clock=self.clock)
        with self.uow() as work:
            work.audit.finish(entry, REFUSED if isinstance(held, DrainRefused) else audit.DONE)
            work.commit()
        return held
