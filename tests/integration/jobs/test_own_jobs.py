"""Who writes to Redis runs no code of his choice in a worker, and stops none (S7)."""

from __future__ import annotations

import json
import logging
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Callback, Queue, Repeat, Retry, SimpleWorker
from rq.command import send_kill_horse_command, send_shutdown_command
from rq.suspension import suspend

from aiadmin.adapters.metrics.counters import field
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.host_wakeups import HostWakeups
from aiadmin.adapters.redis.job_queue import RqJobQueue
from aiadmin.adapters.redis.own_jobs import OwnJobsOnly, RefusedJobError, SessionsJob, WorkersJob, read_call
from aiadmin.domain.ids import CompanyId, HostName, OutboxId
from aiadmin.domain.job import Argument, Job, QueueName
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.metrics import Metric
from tests.conftest import WaitUntil
from tests.support.workers import Processes

TRAP = "tests.integration.jobs.test_own_jobs.spring"
CALLS: list[tuple[object, ...]] = []


def spring(*arguments: object) -> None:
    """What must never be called."""
    CALLS.append(arguments)


@pytest.fixture
def redis(redis_url: str) -> Redis:
    CALLS.clear()
    return make_redis(redis_url)


class _Worker(OwnJobsOnly, SimpleWorker):
    """As the product's, without its process."""


def _work(redis: Redis, name: str = QueueName.JOBS) -> None:
    """Take everything that waits."""
    job_class = WorkersJob if name == QueueName.JOBS else SessionsJob
    worker = _Worker([name], connection=redis, serializer="json", job_class=job_class)
    worker.work(burst=True, logging_level="CRITICAL")
    for logger in ("rq.worker", "rq.job"):  # RQ silences them for the whole process
        logging.getLogger(logger).setLevel(logging.NOTSET)


def _refused(redis: Redis) -> float:
    return float(redis.hget(keys.COUNTERS, field(Metric.JOBS_REFUSED, {})) or 0)  # type: ignore[arg-type]


def _queue(redis: Redis, name: str = QueueName.JOBS, serializer: str = "json") -> Queue:
    return Queue(name, connection=redis, serializer=serializer)


DRAIN, WAKE, SEND = Job.DRAIN_WEBHOOKS.value, Job.WAKE_HOSTS.value, Job.SEND_MESSAGES.value
DRAINED = DRAIN.function
ATTACKS: dict[str, Callable[[Queue], Any]] = {
    "another function": lambda queue: queue.enqueue_call("os.system", args=["true"]),
    "a function of this project": lambda queue: queue.enqueue_call("jobs.process.current_container"),
    "a dotted name within ours": lambda queue: queue.enqueue_call("jobs.webhooks.inbox.drain"),
    "a job of the other queue": lambda queue: queue.enqueue_call(WAKE.function),
    "a callback of success": lambda queue: queue.enqueue_call(DRAINED, on_success=Callback(TRAP)),
    "a callback of failure": lambda queue: queue.enqueue_call(DRAINED, on_failure=Callback(TRAP)),
    "a callback when stopped": lambda queue: queue.enqueue_call(DRAINED, on_stopped=Callback(TRAP)),
    "meta": lambda queue: queue.enqueue_call(DRAINED, meta={"a": "b"}),
    "a retry": lambda queue: queue.enqueue_call(DRAINED, retry=Retry(max=3)),
    "a repetition": lambda queue: queue.enqueue_call(DRAINED, repeat=Repeat(times=3)),
    "too many arguments": lambda queue: queue.enqueue_call(DRAINED, args=[1]),
    "named arguments": lambda queue: queue.enqueue_call(DRAINED, kwargs={"uow": 1}),
    "text for an id": lambda queue: queue.enqueue_call("jobs.activations.deliver", args=["1"]),
    "an id that no column holds": lambda queue: queue.enqueue_call("jobs.activations.deliver", args=[2**63]),
    "truth for an id": lambda queue: queue.enqueue_call("jobs.activations.deliver", args=[True]),
    "another kind": lambda queue: queue.enqueue_call("jobs.sync.synchronise", args=[1, "all"]),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_s7_what_is_not_our_own_call_is_refused_removed_and_counted(redis: Redis, attack: str) -> None:
    queue = _queue(redis)
    ATTACKS[attack](queue)
    _work(redis)
    assert (CALLS, _refused(redis)) == ([], 1)
    assert not redis.keys("rq:job:*")
    assert (queue.count, redis.llen(f"{queue.key}:intermediate")) == (0, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhooks", json.dumps([{"url": "http://127.0.0.1:1/"}])),
        ("dependency_ids", '["other"]'),
        ("rate_limit_key", "k"),
        ("group_id", "g"),
        ("instance", "x"),
        ("job_class", TRAP),
        ("status", "nothing that RQ knows"),
        ("created_at", "never"),
    ],
)
def test_a_field_that_asks_for_more_than_a_call_is_refused(redis: Redis, name: str, value: str) -> None:
    job = _queue(redis).enqueue_call(DRAINED)
    redis.hset(job.key, name, value)
    _work(redis)
    assert _refused(redis) == 1


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(("os.system", None, ("true",), {})),
        zlib.compress(pickle.dumps((TRAP, None, (), {}))),
        zlib.compress(b"[" * 100_000),
        zlib.compress(b'["' + DRAINED.encode() + b'", null, [], {}]' + b" " * 10_000_000),
        zlib.compress(json.dumps([DRAINED, {"x": 1}, [], {}]).encode()),
        zlib.compress(json.dumps([[DRAINED], None, [], {}]).encode()),
        b"\xff",
        b"",
    ],
)
def test_data_that_is_not_a_call_is_refused_without_being_unpacked(redis: Redis, data: bytes) -> None:
    job = _queue(redis).enqueue_call(DRAINED)
    redis.hset(job.key, "data", data)
    _work(redis)
    assert (CALLS, _refused(redis)) == ([], 1)
    with pytest.raises(RefusedJobError):
        read_call(data, WorkersJob.allowed)


def test_a_time_limit_out_of_redis_is_not_believed(redis: Redis) -> None:
    job = _queue(redis).enqueue_call(DRAINED, timeout=-1, failure_ttl=-1)
    found = WorkersJob.fetch(job.id, connection=redis, serializer="json")
    assert (found.timeout, found.failure_ttl, found.result_ttl) == (DRAIN.timeout, DRAIN.kept_seconds, 0)


@pytest.mark.parametrize("stray", [b"\xff\xfe", b"a" * 200, b"../x", b"nobody", b"list"])
def test_an_id_that_is_none_stops_nobody(redis: Redis, stray: bytes) -> None:
    redis.lpush("rq:job:list", "no hash")
    queue = _queue(redis)
    redis.rpush(queue.key, stray)
    _work(redis)
    assert (queue.count, redis.llen(f"{queue.key}:intermediate")) == (0, 0)


def test_a_failure_callback_of_an_abandoned_job_is_not_called_either(redis: Redis) -> None:
    """RQ's maintenance looks at what other workers began, and calls back for it."""
    queue = _queue(redis)
    job = queue.enqueue_call(DRAINED, on_failure=Callback(TRAP))
    redis.delete(queue.key)
    redis.zadd(queue.started_job_registry.key, {f"{job.id}:execution": 1})
    _work(redis)
    assert CALLS == []
    assert not redis.exists(job.key)


def test_the_queue_of_a_sessions_process_takes_looks_alone(redis: Redis) -> None:
    queue = _queue(redis, "sessions-a")
    queue.enqueue_call("os.system", args=["true"])
    queue.enqueue_call(DRAINED)
    queue.enqueue_call(WAKE.function)
    _work(redis, "sessions-a")
    assert (_refused(redis), queue.count, {*SessionsJob.allowed}) == (2, 0, {WAKE.function, SEND.function})


ARGUMENTS: dict[object, Argument] = {
    OutboxId: 1,
    CompanyId: 2,
    SyncKind: SyncKind.NIGHTLY,
    HostName: HostName("box:7"),
}
"""One of each type that a job takes."""


@pytest.mark.parametrize("job", Job)
def test_every_nudge_of_ours_is_taken_with_its_types(redis: Redis, job: Job) -> None:
    arguments = [ARGUMENTS[kind] for kind in job.value.arguments]
    HostWakeups(redis).announce("sessions-a")
    RqJobQueue(redis).nudge(job, *arguments)
    is_of_workers = job.value.queue is QueueName.JOBS
    job_class, name = (WorkersJob, QueueName.JOBS) if is_of_workers else (SessionsJob, "sessions-a")
    [job_id] = _queue(redis, name).job_ids
    taken = job_class.fetch(job_id, connection=redis, serializer="json")
    assert f"{taken.func.__module__}.{taken.func.__name__}" == job.value.function
    assert [(type(one), one) for one in taken.args] == [(type(one), one) for one in arguments]


@pytest.mark.parametrize("arguments", [[], ["1"], [0], [True], [1, 1], [SyncKind.FULL]])
def test_a_nudge_of_another_shape_is_our_own_mistake_and_queues_nothing(redis: Redis, arguments: list[Any]) -> None:
    with pytest.raises(TypeError, match="DELIVER_ACTIVATION takes 1"):
        RqJobQueue(redis).nudge(Job.DELIVER_ACTIVATION, *arguments)
    assert redis.keys("*") == []


def test_s7_a_worker_takes_no_commands_and_runs_nothing_but_what_is_ours(
    redis: Redis, processes: Processes, wait_until: WaitUntil, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"
    worker = processes.start("jobs")
    (name,) = wait_until(lambda: redis.smembers("rq:workers"), 20, "the worker is there")  # type: ignore[arg-type]
    name = name.decode().removeprefix("rq:worker:")
    send_shutdown_command(redis, name)
    send_kill_horse_command(redis, name)
    suspend(redis)
    _queue(redis).enqueue_call("os.system", args=[f"touch {trap}"])
    _queue(redis).enqueue_call(DRAINED)
    wait_until(lambda: worker.says("inbox drained"), 20, "our own job runs")
    assert (worker.says("job refused"), worker.says(str(trap)), trap.exists()) == (True, False, False)
    assert worker.popen.poll() is None
    assert worker.terminate(within=30) == 0
