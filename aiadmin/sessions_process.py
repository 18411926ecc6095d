"""The `sessions` process: hosts sessions and pairs new ones in threads, while RQ takes nudges in the main thread.

It never forks and needs no Redis: a lost nudge costs ten seconds, or one while Redis is away. It ends with
`os._exit`, because the library's threads never do.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from types import FrameType
from typing import NoReturn

import structlog
from redis import RedisError
from redis.client import Pipeline
from rq import SimpleWorker

from aiadmin.adapters import process_wakeup
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.host_wakeups import SERIALIZER, HostWakeups, fresh_queue_name
from aiadmin.adapters.redis.own_jobs import OwnJobsOnly, SessionsJob
from aiadmin.adapters.whatsapp import library, store, store_lines
from aiadmin.adapters.whatsapp.engine import Engine
from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.hosting.host import LEASE, RENEW_EVERY, Vitals, is_bloated
from aiadmin.domain.job import Job
from aiadmin.hosting import signals
from aiadmin.hosting.collaborators import Collaborators, SendingMode
from aiadmin.hosting.host import SessionHost
from aiadmin.hosting.lease import host_name
from aiadmin.masking import reason_of
from aiadmin.pairing.coordinator import Coordinator

DRAIN_SECONDS = 9.0
BLOATED = 3
"""The exit code of a process that has grown too big: its supervisor starts another."""
EXIT_SECONDS = 11.5
"""Platforms kill a process some time after SIGTERM; even with a thread that hangs we are gone before."""
WORKER_TTL_SECONDS = 30
_GOODBYE_SECONDS = 2.0
_REDIS_PAUSE_SECONDS = 1.0
_ENDING = (signal.SIGTERM, signal.SIGINT)
log = structlog.get_logger(__name__)


def main(config: Config, *, lease: timedelta = LEASE, renew_every: timedelta = RENEW_EVERY) -> NoReturn:
    """Host and pair until SIGTERM or SIGINT; never returns."""
    library.ensure_environment()
    _silence_stdout()
    parts = _Parts(Container(config), lease, renew_every)
    parts.start()
    log.info("the sessions process is up", capacity=config.sessions_capacity)
    try:
        while not parts.is_draining:
            _take_nudges(config, parts)
    finally:
        parts.end()


def _silence_stdout() -> None:
    """The library prints there; our log goes to standard error, one event a line."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


class _Parts:
    """The host and the pairing coordinator, which start, listen and drain together."""

    def __init__(self, container: Container, lease: timedelta, renew_every: timedelta) -> None:
        config = container.config
        self._nudges = container.queue
        self._database_url = config.database_url
        keys = SqlKeyStore(container.engine, store.StoreAddress(config.database_url, "aiadmin-sessions"))
        self._host = SessionHost(
            engine=Engine(library.load()),
            keys=keys,
            uow=container.uow,
            clock=container.clock,
            page_events=container.page_events,
            record_sent=container.sent_messages.ask,
            capacity=config.sessions_capacity,
            lease=lease,
            renew_every=renew_every,
            collaborators=Collaborators(
                fleet=container.fleet,
                metrics=container.metrics,
                mode=SendingMode(gaps=container.sending_policy.bucket, is_paused=config.messages_paused),
                ask_for_turns=partial(self._nudges.nudge, Job.HANDLE_CHATS),
                on_vitals=self._on_vitals,
                keeps_voices=bool(config.speech_url),
            ),
        )
        self._memory_mb = config.sessions_memory_mb
        self._exit_code = 0
        self._coordinator = Coordinator(container)
        self._rq_is_done = threading.Event()
        self._ending = threading.Event()
        self._draining = threading.Thread(target=self._drain, name="drain", daemon=True)

    @property
    def is_draining(self) -> bool:
        """Whether the process is ending."""
        return self._ending.is_set()

    def start(self) -> None:
        """Begin to work, and to listen to nudges and signals."""
        store_lines.watch(self._database_url)
        for part in (self._host, self._coordinator):
            part.start()
            process_wakeup.listen(Job.WAKE_HOSTS, part.wake)
        process_wakeup.listen(Job.SEND_MESSAGES, self._host.wake_sending)
        self._draining.start()
        for number in _ENDING:
            signal.signal(number, self._on_signal)
        signals.handle(_ENDING, self.drain)

    def drain(self) -> None:
        """Begin to hand everything over, and end the process when that is done."""
        self._ending.set()

    def end(self) -> NoReturn:
        """RQ is done: the process ends."""
        self._rq_is_done.set()
        self.drain()
        while True:
            self._draining.join()

    def _on_vitals(self, vitals: Vitals) -> None:
        if is_bloated(vitals, self._memory_mb) and not self._exit_code:
            log.warning("the process has grown too big and begins anew", rss_bytes=vitals.rss_bytes)
            self._exit_code = BLOATED
            os.kill(os.getpid(), signal.SIGTERM)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.drain()
        sys.exit(0)

    def _drain(self) -> None:
        self._ending.wait()
        last_resort = threading.Timer(EXIT_SECONDS, os._exit, args=[1])
        last_resort.daemon = True
        last_resort.start()
        coordinator = threading.Thread(target=self._coordinator.stop, name="coordinator stops", daemon=True)
        coordinator.start()
        self._host.drain(DRAIN_SECONDS)
        coordinator.join(DRAIN_SECONDS)
        others = threading.Thread(target=self._nudges.nudge, args=[Job.WAKE_HOSTS], name="others look", daemon=True)
        others.start()  # they take over at once, not at their next tick
        self._rq_is_done.wait(_GOODBYE_SECONDS)
        others.join(_GOODBYE_SECONDS)
        log.info("everything is handed over")
        logging.shutdown()
        os._exit(self._exit_code)


class NudgeWorker(OwnJobsOnly, SimpleWorker):
    """RQ's worker that runs jobs in this thread, and never forks; it looks for Redis again every two seconds.

    It listens to one queue, its own, and says so with each of RQ's heartbeats.
    """

    max_connection_wait_time = 2.0
    on_stop: Callable[[], None]

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """This worker is alive, and listens to its queue."""
        super().heartbeat(timeout, pipeline)
        if pipeline is None:
            HostWakeups(self.connection).announce(self.queues[0].name)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Drain at once: RQ may yet have to say goodbye to a Redis that does not answer."""
        self.on_stop()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def teardown(self) -> None:
        """Say goodbye to Redis if it is there; where it is not, the goodbye is left to expire."""
        with suppress(RedisError):
            super().teardown()  # type: ignore[no-untyped-call]
            HostWakeups(self.connection).withdraw(self.queues[0].name)


def _take_nudges(config: Config, parts: _Parts) -> None:
    """Work for RQ until Redis fails or the process has to end."""
    try:
        name = fresh_queue_name(host_name())
        worker = NudgeWorker(
            [name],
            name=name,
            connection=make_redis(config.redis_url, pool_size=config.redis_pool_size),
            serializer=SERIALIZER,
            job_class=SessionsJob,
            worker_ttl=WORKER_TTL_SECONDS,
            log_job_description=False,
        )
        worker.on_stop = parts.drain
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.info("nudges wait for Redis", error=reason_of(error))
    if not parts.is_draining:
        time.sleep(_REDIS_PAUSE_SECONDS)
