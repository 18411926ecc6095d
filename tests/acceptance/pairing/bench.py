"""A pairing coordinator beside a web process, and what tests ask about them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from subprocess import PIPE

import psutil
from sqlalchemy import select

from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.pairing.attempt import PairingState, Timing
from aiadmin.pairing.coordinator import Coordinator
from aiadmin.storage.tables.core import DeviceRow
from tests.support.live_site import LiveSite, Salon
from tests.support.page import ROOT
from tests.support.processes import start

PHONES = iter(range(79_001_110_000, 79_001_119_999))


@contextmanager
def coordinator_with(
    container: Container, *, env: Mapping[str, str], timing: Timing | None = None
) -> Iterator[tuple[Coordinator, Container]]:
    """A coordinator that works, with its container; both are closed afterwards."""
    coordinator = Coordinator(container, timing=timing, env=env)
    coordinator.start()
    try:
        yield coordinator, container
    finally:
        coordinator.stop()
        container.metrics.flush()  # what is not counted now would open Redis again later
        container.redis.close()
        container.engine.dispose()


def a_phone() -> str:
    return str(next(PHONES))


def company_of(live_site: LiveSite, salon: Salon) -> Company:
    with live_site.container.uow() as work:
        return work.companies.get(salon.company_id)


def devices_of(live_site: LiveSite, salon: Salon) -> dict[str, str]:
    """What is wanted of each of the salon's devices, by JID."""
    rows = select(DeviceRow.jid, DeviceRow.desired).where(DeviceRow.company_id == salon.company_id)
    with live_site.container.engine.connect() as connection:
        return {row.jid: row.desired for row in connection.execute(rows)}


def leave_unwatched(live_site: LiveSite, salon: Salon) -> None:
    """The twenty seconds after the last page left are over."""
    live_site.container.redis.delete(f"aiadmin:watch:{salon.company_id}")


def is_in(container: Container, salon: Salon, state: PairingState) -> bool:
    """Whether the salon's pairing stands there."""
    progress = container.pairing_store.find_state(salon.company_id)
    return progress is not None and progress.state is state


@contextmanager
def coordinator_process(env: Mapping[str, str]) -> Iterator[psutil.Process]:
    """A coordinator in a process of its own, which may be killed or suspended."""
    with start("-m", "tests.acceptance.pairing.other_desk", cwd=ROOT, env=env, stdin=PIPE) as running:
        try:
            yield psutil.Process(running.pid)
        finally:
            running.kill()


def processes_of(coordinator: psutil.Process) -> list[psutil.Process]:
    """The pairing processes of this coordinator's process."""
    return [process for process in coordinator.children() if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill_processes(coordinator: Coordinator) -> None:
    """kill -9 every process of the coordinator."""
    pids = coordinator.pool.pids()
    assert pids
    for pid in pids:
        os.kill(pid, 9)
