"""kill -9 of the worker anywhere in a synchronisation: no row lost, no page read twice more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiadmin.domain.journal.sync_run import RunState
from tests.conftest import WaitUntil
from tests.support.workers import Processes
from tests.support.world import Installed, Salons

pytestmark = pytest.mark.process

SOON = 50.0


@pytest.fixture
def processes(settings: dict[str, Any], tmp_path: Path) -> Iterator[Processes]:
    """Real processes on the same servers; all are gone afterwards."""
    running = Processes({name.upper(): str(value) for name, value in settings.items()}, tmp_path)
    yield running
    running.kill_all()


def _reads(salons: Salons, salon: Installed) -> Counter[str]:
    """How often each page of records was asked for, and all pages of clients together."""
    asked = [one for one in salons.yclients.requests() if str(salon.salon_id) in one["path"]]
    records = [one["query"] for one in asked if one["path"] == f"/api/v1/records/{salon.salon_id}"]
    clients = ["clients" for one in asked if one["path"].endswith("/clients/search")]
    return Counter([*(query for query in records if "changed_after" not in query), *clients])


@pytest.mark.parametrize(
    ("part", "nth"), [("company/{}/services", 1), ("company/{}/clients/search", 2), ("records/{}", 2)]
)
def test_a_killed_worker_costs_one_page(
    salons: Salons, processes: Processes, wait_until: WaitUntil, part: str, nth: int
) -> None:
    salon = salons.install(clients=450, records=600, seed=4)
    path = "/api/v1/" + part.format(salon.salon_id)
    for _ in range(nth - 1):
        salons.yclients.fault(path)  # nothing is wrong yet
    salons.yclients.fault(path, delay=60)
    worker = processes.start("jobs")
    processes.start("clock")
    wait_until(lambda: len(salons.asked(path)) == nth, SOON)
    worker.kill(with_jobs=True)
    assert salons.run(salon).state is RunState.RUNNING
    salons.world.execute("UPDATE sync_runs SET claimed_until = now()")  # three minutes are over
    processes.start("jobs")
    wait_until(lambda: salons.run(salon).state is RunState.DONE, SOON)
    clients = {row["id"] for row in salons.yclients.state(salon.salon_id)["clients"]}
    assert salons.numbers(salon, "clients", "client_id") == clients
    assert salons.run(salon).counts["records"] == len(salons.world.rows("SELECT 1 FROM records")) > 200
    reads = _reads(salons, salon)
    assert reads.pop("clients") <= 3 + (part.endswith("search"))
    assert sorted(reads.values())[:-1] == [1] * (len(reads) - 1)
    assert max(reads.values()) == (2 if part.startswith("records") else 1)
