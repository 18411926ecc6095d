"""The `worker` process: RQ's forking worker on the queue `jobs`, kept alive through every Redis outage."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import threading
import time
import uuid
from types import FrameType
from typing import NoReturn

import structlog
from redis import RedisError
from rq import Worker
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty

from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.host_wakeups import SERIALIZER
from aiadmin.adapters.redis.own_jobs import OwnJobsOnly, WorkersJob
from aiadmin.config import Config
from aiadmin.domain.job import QueueName
from aiadmin.masking import reason_of
from jobs.process import end_on_signals

log = structlog.get_logger(__name__)

WORKER_TTL_SECONDS = 30
"""Also how often an idle worker looks for jobs that a dead one left behind."""
SHUTDOWN_SECONDS = 5.0
"""How long a job may take to end after SIGTERM; a killed delivery is found again in `sending`."""
RESTART_SECONDS = 1.0


class JobOverdueError(BaseException):
    """A job took longer than it may. No `Exception`, so that it is not taken for a bad row."""


class JobDeadline(UnixSignalDeathPenalty):
    """RQ's alarm, but it ends the job whatever the job catches."""

    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> NoReturn:
        """Raise from wherever the job is now."""
        if issubclass(self._exception, JobTimeoutException):
            raise JobOverdueError(f"longer than {self._timeout} seconds")
        raise self._exception


class JobsWorker(OwnJobsOnly, Worker):
    """RQ's worker, but: it looks for Redis again every two seconds, and SIGTERM ends it within ten."""

    death_penalty_class = JobDeadline
    max_connection_wait_time = 2.0
    is_stopping = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Take no further job, and give the one in hand a few seconds."""
        self.is_stopping = True
        timer = threading.Timer(SHUTDOWN_SECONDS, self._kill_job)
        timer.daemon = True
        timer.start()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def setup_work_horse_signals(self) -> None:
        """The parent decides when a job ends: platforms send SIGTERM to every process at once."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def teardown(self) -> None:
        """Say goodbye to Redis if it is there; where it is not, the goodbye is left to expire."""
        try:
            super().teardown()  # type: ignore[no-untyped-call]
        except RedisError as error:
            log.warning("left without goodbye", error=reason_of(error))

    def _kill_job(self) -> None:
        if self.horse_pid:
            log.warning("job killed at shutdown", pid=self.horse_pid)
            self.kill_horse()


def main(config: Config) -> None:
    """Work until SIGTERM or SIGINT."""
    log.info("worker starts", queue=QueueName.JOBS.value, pid=os.getpid())
    while not _work(config):
        _reap()
        time.sleep(RESTART_SECONDS)
    log.info("worker stops")


def _work(config: Config) -> bool:
    """Run one RQ worker until it ends: true when it was stopped, false when Redis broke it."""
    end_on_signals()
    try:
        worker = JobsWorker(
            [QueueName.JOBS],
            # a name that was used before is refused while Redis remembers it
            name=f"{QueueName.JOBS}-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}",
            connection=make_redis(config.redis_url, pool_size=config.redis_pool_size),
            serializer=SERIALIZER,
            job_class=WorkersJob,
            worker_ttl=WORKER_TTL_SECONDS,
            maintenance_interval=WORKER_TTL_SECONDS,
        )
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("worker waits for Redis", error=reason_of(error))
        return False
    return bool(worker.is_stopping)


def preload() -> None:
    """Import what jobs need once, before `main`: a fork then starts in milliseconds. Nothing is opened."""
    from aiadmin import container
    from aiadmin.storage import unit_of_work

    for function in WorkersJob.allowed:
        importlib.import_module(function.rpartition(".")[0])
    container.load_for_jobs()
    unit_of_work.warm()


def _reap() -> None:
    """Collect jobs that ended after the worker which started them had lost Redis."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
