"""Hosts and workers are killed while many reminders fall due: each is accounted for, and none comes twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiadmin.domain.notices.dispatch import CLAIM
from tests.chaos.fleet import Fleet
from tests.chaos.reminders import Reminders, Workers
from tests.chaos.scale import QUICK, Scale
from tests.chaos.watch import Watch
from tests.chaos.world import World
from tests.fakes.yclients.client import FakeYClients
from tests.support.hosted_salons import Salons


@pytest.fixture
def yclients() -> Iterator[FakeYClients]:
    with FakeYClients() as server:
        yield server


@pytest.fixture
def workers(world: World, salons: Salons, yclients: FakeYClients, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(world, salons.database_url, yclients, tmp_path)
    yield workers
    workers.close()


@pytest.fixture
def hurried_fleet(world: World, salons: Salons, scale: Scale, tmp_path: Path) -> Iterator[Fleet]:
    """Hosts that neither type nor rest; none may die of itself, nor stumble."""
    fleet = Fleet(world, salons.database_url, scale, tmp_path, MESSAGE_PACING="0")
    yield fleet
    fleet.close()
    assert not fleet.dead(), "\n\n".join(fleet.dead())
    assert not fleet.stumbles(), "\n\n".join(fleet.stumbles())


def test_reminders_under_kill_9_come_once_or_are_called_unknown(
    world: World,
    salons: Salons,
    hurried_fleet: Fleet,
    watch: Watch,
    scale: Scale,
    workers: Workers,
    yclients: FakeYClients,
) -> None:
    reminders = Reminders(world, salons, yclients, count=scale.reminders, talking=scale.talking)
    hosts = [hurried_fleet.start(), hurried_fleet.start()]
    jobs = [workers.start("jobs"), workers.start("jobs")]
    workers.start("clock")
    watch.until_whole(scale.patience)
    reminders.plan(within=scale.reminded_within)
    for part in (1, 2):
        wanted = scale.reminders * part // 4
        watch.until(lambda wanted=wanted: reminders.sent() >= wanted, scale.patience, f"{wanted} sent")
        workers.kill(jobs[part - 1])
        hosts[part - 1].kill()
        if scale is QUICK:
            reminders.let_go()
            if part == 2:
                break  # those that are left do the rest
        hosts.append(hurried_fleet.start())
        jobs.append(workers.start("jobs"))
    within = CLAIM.total_seconds() + scale.patience + scale.reminded_within
    watch.until(lambda: not reminders.open(), within, "all decided")
    rows, arrived = reminders.rows(), reminders.arrived()
    table = Counter(
        (row["notice"], row["message"], row["reason"], arrived[record_id]) for record_id, row in rows.items()
    )
    print("\nnotice    message    reason        at the phone   count")
    for (notice, message, reason, phones), count in sorted(table.items(), key=str):
        print(f"{notice:9} {message!s:10} {reason!s:13} {phones:12} {count:7}")
    print(f"looked at more than once: {sum(row['attempts'] > 1 for row in rows.values())}")
    assert len(rows) == scale.reminders
    assert all(row["notice"] == "done" and row["messages"] == 1 for row in rows.values()), "one message each"
    for record_id, row in rows.items():
        assert row["message"] in {"sent", "unknown"}
        assert arrived[record_id] == 1 if row["message"] == "sent" else arrived[record_id] <= 1
    unknown = sum(row["message"] == "unknown" for row in rows.values())
    assert unknown <= scale.talking * 2, "one message of each salon may be on its way when a host dies"
