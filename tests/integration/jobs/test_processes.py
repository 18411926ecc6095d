"""The worker and the clock as processes: killed, and told to stop."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from rq import Queue

from aiadmin.container import Container
from aiadmin.domain.job import Job, QueueName
from jobs.worker import SHUTDOWN_SECONDS
from tests.conftest import ROOT, WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.support.linked_salons import CALLBACK, Salon, awaited
from tests.support.workers import SOON, Process, Processes

pytestmark = pytest.mark.process


def _is_called(yclients: FakeYClients) -> bool:
    return any(request["path"] == CALLBACK for request in yclients.requests())


def test_a_nudge_reaches_the_worker_and_the_worker_reaches_yclients_but_a_pickled_job_is_never_run(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"
    assert pickle.dumps(trap)
    Queue(QueueName.JOBS, connection=box.redis, serializer="pickle").enqueue(Path.touch, trap)
    salon = awaited(box, yclients)
    worker = processes.start("jobs")
    box.queue.nudge(Job.DELIVER_ACTIVATION, salon.outbox_id)
    wait_until(lambda: salon.state == "sent", SOON)
    assert len(yclients.callbacks()) == 1
    assert not trap.exists()
    assert worker.terminate(within=30) == 0
    counted = box.redis.hgetall("aiadmin:metrics")
    assert [value for name, value in counted.items() if b"callbacks" in name and b"sent" in name] == [b"1"]  # type: ignore[union-attr]
    for secret in (salon.api_key, box.secrets.webhook_key(salon.company_id), yclients.partner_token, "79001234567"):
        assert not worker.says(secret)


def test_a_worker_killed_during_the_call_tells_yclients_once(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    """With its job, then alone: the job that it leaves behind ends by itself."""

    def killed(salon: Salon, worker: Process, *, with_jobs: bool) -> list[psutil.Process]:
        box.queue.nudge(Job.DELIVER_ACTIVATION, salon.outbox_id)
        wait_until(lambda: _is_called(yclients), SOON)
        assert salon.state == "sending"
        orphans = worker.jobs()
        worker.kill(with_jobs=with_jobs)
        return orphans

    first = awaited(box, yclients, delay=1.5)
    killed(first, processes.start("jobs"), with_jobs=True)
    first.let_time_pass()
    processes.start("clock")
    another = processes.start("jobs")
    wait_until(lambda: first.state == "sent", SOON, "by the next worker")
    assert [heard["status"] for heard in yclients.callbacks()] == [201]

    yclients.reset()
    second = awaited(box, yclients, 2, delay=1.5)
    orphans = killed(second, another, with_jobs=False)
    wait_until(lambda: second.state == "sent", SOON, "by the job that was left")
    assert [heard["status"] for heard in yclients.callbacks()] == [201]
    psutil.wait_procs(orphans, 10)


def test_sigterm_lets_a_short_job_end_and_takes_no_other(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    salon = awaited(box, yclients, delay=1)
    worker = processes.start("jobs")
    box.queue.nudge(Job.DELIVER_ACTIVATION, salon.outbox_id)
    wait_until(lambda: _is_called(yclients), SOON)
    for job in worker.jobs():
        job.terminate()  # a platform tells every process
    assert worker.terminate(within=30) == 0
    assert salon.state == "sent"


def test_sigterm_ends_a_worker_within_ten_seconds_whatever_it_does(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    """Five for its job, which is killed then, though its answer is far off; the rest is the machine's."""
    salon = awaited(box, yclients, delay=60)
    worker = processes.start("jobs")
    box.queue.nudge(Job.DELIVER_ACTIVATION, salon.outbox_id)
    wait_until(lambda: _is_called(yclients), SOON)
    worker.terminate(within=30)
    assert worker.says("job killed at shutdown")
    assert SHUTDOWN_SECONDS <= 5
    salon.let_time_pass()
    assert str(salon.deliver()) == "sent"
    assert len(yclients.callbacks()) == 1


def test_one_clock_leads_and_the_next_takes_over_when_it_dies(processes: Processes, wait_until: WaitUntil) -> None:
    first = processes.start("clock")
    wait_until(lambda: first.says("clock leads"), SOON)
    second = processes.start("clock")
    wait_until(lambda: second.says("clock stands by"), SOON)
    assert not second.says("clock leads")
    first.kill(with_jobs=True)
    wait_until(lambda: second.says("clock leads"), SOON)
    assert second.terminate(within=30) == 0


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["jobs", "clock"], 2), (["jobs"], 1)])
def test_a_wrong_start_says_what_is_wrong_in_one_line(arguments: list[str], code: int) -> None:
    command = [sys.executable, str(ROOT / "worker.py"), *arguments]
    answer = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    assert answer.returncode == code
    assert len(answer.stderr.strip().splitlines()) == 1
