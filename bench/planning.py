"""What planning costs with fifty bookings a day in each salon's journal, by the number of salons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

import psutil
from sqlalchemy import text

from aiadmin import logs
from aiadmin.cli.migrate import upgrade
from aiadmin.config import Config
from aiadmin.container import Container
from bench.http import cpu_seconds
from bench.tables import table
from bench.ticks import counted
from tests.support.many_salons import analyse, fill

SIZES, QUICK_SIZES = (10, 100, 1000, 3000), (10, 100)
A_DAY, DAYS = 50, (-1, 0, 1, 2)
"""Bookings of each salon, on each of these days from the one that is measured."""
EVENTS = 2000
REPEATS = 5
MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What some planning took, and what came of it.

    Attributes:
        ours, servers: processor time of this process, and of PostgreSQL.
    """

    seconds: float
    ours: float
    servers: float
    statements: int
    notices: int


_EVENTS = """
INSERT INTO booking_events (company_id, record_id, kind, after, source, at)
SELECT company_id, record_id, 'created', to_jsonb(given) - 'company_id', 'webhook', :at FROM (
  SELECT company_id, record_id, visit_id, staff_id, staff_name, client_id, client_name, client_phone, starts_at,
    seconds, services, attendance, false AS is_deleted, changed_at, created_at, comment, is_online, is_group
  FROM records WHERE starts_at > :at ORDER BY record_id % 1000, company_id LIMIT :count
) AS given
"""


class _Planning:
    """A planner whose time we set."""

    def __init__(self, box: Container, server: psutil.Process) -> None:
        self._box, self._server, self._now = box, server, datetime.now(MOSCOW)
        self._midnight = datetime.combine(self._now.date() + timedelta(days=1), time(0), MOSCOW)
        self._planner = replace(box.notice_planner, clock=lambda: self._now)
        self._salons = 0

    def grow(self, size: int) -> None:
        """Salons up to `size`, with their journals; nothing is planned."""
        fill(self._box.engine, self._salons + 1, size, midnight=self._midnight, days=DAYS, a_day=A_DAY)
        self._salons = size
        analyse(self._box.engine)

    def measure(self) -> dict[str, Outcome]:
        """What each moment of the day costs, one after the other."""
        return {
            "a minute of the night: nothing is due": self._minutes(time(4)),
            "the first look of the day, at noon": self._remind(time(12)),
            "the next minutes": self._minutes(time(12, 1)),
            "18:00, tomorrow's visits are all due": self._remind(time(18)),
            "the next minutes of that hour": self._minutes(time(18, 1)),
            f"news: {EVENTS} bookings are made": self._news(time(12)),
        }

    def _at(self, clock: time) -> None:
        self._now = self._midnight + timedelta(hours=clock.hour, minutes=clock.minute)

    def _remind(self, clock: time) -> Outcome:
        self._at(clock)
        return self._cost(self._planner.plan_reminders)

    def _minutes(self, clock: time) -> Outcome:
        """The middle of some minutes, each figure by itself."""
        seen = []
        for minute in range(REPEATS):
            self._at(clock)
            self._now += timedelta(minutes=minute)
            seen.append(self._cost(self._planner.plan_reminders))
        return Outcome(**{name: median(getattr(one, name) for one in seen) for name in vars(seen[0])})

    def _news(self, clock: time) -> Outcome:
        self._at(clock)
        with self._box.engine.begin() as connection:
            connection.execute(text(_EVENTS), {"at": self._now, "count": EVENTS})
        analyse(self._box.engine)
        outcome = self._cost(self._planner.plan_change_notices)
        with self._box.engine.begin() as connection:
            connection.execute(text("TRUNCATE notices, booking_events"))
        return outcome

    def _cost(self, work: Callable[[], int]) -> Outcome:
        before = process_time(), cpu_seconds(self._server)
        with counted(self._box.engine) as cost:
            notices = work()
        return Outcome(
            seconds=cost.seconds,
            ours=process_time() - before[0],
            servers=cpu_seconds(self._server) - before[1],
            statements=cost.statements,
            notices=notices,
        )


def measure(database_url: str, redis_url: str, *, server: psutil.Process, sizes: Sequence[int] = SIZES) -> str:
    """The table. `server` is PostgreSQL, on this machine."""
    logs.configure_command()
    upgrade(database_url)
    config = Config(
        database_url=database_url, redis_url=redis_url, jwt_secret="x" * 32, public_url="https://bench.example"
    )
    columns = []
    with closing(Container(config)) as box:
        planning = _Planning(box, server)
        for size in sizes:
            planning.grow(size)
            columns.append(planning.measure())
    rows = [[name, *(_cell(column[name]) for column in columns), _ratio(name, columns)] for name in columns[0]]
    what = f"ms, statements, notices (a second; us of ours + PostgreSQL's); {A_DAY} a day in each of so many salons"
    return table("Planning", [what, *map(str, sizes), f"{sizes[-1]} to {sizes[0]}"], rows)


def _cell(outcome: Outcome) -> str:
    figures = f"{1000 * outcome.seconds:.0f} ms, {outcome.statements}, {outcome.notices}"
    if not outcome.notices:
        return figures
    ours, servers = (1e6 * each / outcome.notices for each in (outcome.ours, outcome.servers))
    return f"{figures} ({outcome.notices / outcome.seconds:.0f}/s; {ours:.0f} + {servers:.0f} us)"


def _ratio(name: str, columns: list[dict[str, Outcome]]) -> str:
    return f"{columns[-1][name].seconds / columns[0][name].seconds:.0f} times"
