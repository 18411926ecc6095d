"""Nudges: few, harmless, and never in the way."""

from __future__ import annotations

import json
import zlib
from contextlib import closing

from redis import Redis
from rq import Queue

from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.host_wakeups import HostWakeups, fresh_queue_name
from aiadmin.adapters.redis.job_queue import RqJobQueue
from aiadmin.domain.ids import HostName
from aiadmin.domain.job import Job, QueueName
from tests.conftest import WaitUntil

BOX = HostName("box.example:7")
WAKE, SEND = Job.WAKE_HOSTS.value.function, Job.SEND_MESSAGES.value.function


def _jobs(redis: Redis, name: str = QueueName.JOBS) -> list[str]:
    return [job.func_name for job in Queue(name, connection=redis, serializer="json").jobs]


def test_equal_nudges_that_wait_are_one_until_the_job_begins(redis_url: str, wait_until: WaitUntil) -> None:
    redis = make_redis(redis_url)
    queue = RqJobQueue(redis)
    for _ in range(5):
        queue.nudge(Job.DRAIN_WEBHOOKS)
        queue.nudge(Job.DELIVER_ACTIVATION, 1)
        queue.nudge(Job.DELIVER_ACTIVATION, 2)
    assert sorted(_jobs(redis)) == ["jobs.activations.deliver", "jobs.activations.deliver", "jobs.webhooks.drain"]
    queue.began(Job.DRAIN_WEBHOOKS)
    queue.began(Job.DELIVER_ACTIVATION, 1)
    queue.nudge(Job.DELIVER_ACTIVATION, 1)
    queue.nudge(Job.DELIVER_ACTIVATION, 2)
    assert _jobs(redis).count("jobs.activations.deliver") == 3

    def drained_again() -> bool:
        queue.nudge(Job.DRAIN_WEBHOOKS)
        return _jobs(redis).count("jobs.webhooks.drain") == 2

    wait_until(drained_again, what="a later drain is a new one")
    redis.close()


def test_a_look_reaches_every_process_that_listens_and_looks_of_one_moment_are_one(
    redis_url: str, wait_until: WaitUntil
) -> None:
    redis = make_redis(redis_url)
    queue, names = RqJobQueue(redis), ("sessions-a", "sessions-b")
    for name in names:
        HostWakeups(redis).announce(name)
    for _ in range(50):
        queue.nudge(Job.WAKE_HOSTS)
    assert [_jobs(redis, name) for name in names] == [["jobs.sessions.wake"]] * 2
    for name in names:
        assert 0 < redis.pttl(Queue(name, connection=redis).key) <= 60_000  # type: ignore[operator]
    Queue("sessions-a", connection=redis).empty()

    def another() -> bool:
        queue.nudge(Job.WAKE_HOSTS)
        return _jobs(redis, "sessions-a") != []

    wait_until(another, what="a later look is a new one")
    assert len(_jobs(redis, "sessions-b")) == 1, "one that waits is enough"
    redis.close()


def _listening(redis: Redis, *hosts: HostName) -> list[str]:
    """The queues of processes so named."""
    found = [fresh_queue_name(host) for host in hosts]
    for name in found:
        HostWakeups(redis).announce(name)
    return found


def test_messages_wake_the_one_process_that_holds_their_device(redis_url: str) -> None:
    with closing(make_redis(redis_url)) as redis:
        ours, longer = _listening(redis, BOX, HostName(f"{BOX}1"))
        for _ in range(50):
            RqJobQueue(redis).nudge(Job.SEND_MESSAGES, BOX)
        assert (_jobs(redis, ours), _jobs(redis, longer)) == ([SEND], [])
        assert Queue(ours, connection=redis, serializer="json").jobs[0].args == [BOX]


def test_where_the_one_that_holds_it_does_not_listen_all_are_woken(redis_url: str) -> None:
    with closing(make_redis(redis_url)) as redis:
        names = _listening(redis, HostName("box:1"), HostName("box:2"))
        RqJobQueue(redis).nudge(Job.SEND_MESSAGES, BOX)
        assert [_jobs(redis, name) for name in names] == [[SEND], [SEND]]


def test_a_process_that_is_to_send_is_woken_for_everything_as_well(redis_url: str, wait_until: WaitUntil) -> None:
    with closing(make_redis(redis_url)) as redis:
        queue, [name] = RqJobQueue(redis), _listening(redis, BOX)
        queue.nudge(Job.SEND_MESSAGES, BOX)
        queue.nudge(Job.WAKE_HOSTS)
        assert _jobs(redis, name) == [SEND, WAKE]
        wait_until(lambda: not redis.exists(keys.host_nudge(name, WAKE), keys.host_nudge(name, SEND)), 2, "a while")
        queue.nudge(Job.SEND_MESSAGES, BOX)
        queue.nudge(Job.WAKE_HOSTS)
        assert _jobs(redis, name) == [SEND, WAKE], "what waits is enough, whatever a process does not take"


def test_where_nobody_listens_a_look_leaves_nothing(redis_url: str) -> None:
    redis = make_redis(redis_url)
    RqJobQueue(redis).nudge(Job.WAKE_HOSTS)
    assert redis.keys("*") == []
    redis.close()


def test_the_queue_of_a_process_that_is_gone_is_forgotten_with_all_that_rq_keeps_of_it(redis_url: str) -> None:
    redis = make_redis(redis_url)
    HostWakeups(redis).announce("sessions-dead")
    RqJobQueue(redis).nudge(Job.WAKE_HOSTS)
    dead = Queue("sessions-dead", connection=redis)
    redis.sadd("rq:workers", "rq:worker:dead", "rq:worker:alive")
    redis.sadd("rq:workers:sessions-dead", "rq:worker:dead")
    redis.lpush(dead.intermediate_queue_key, "a job it had in hand")
    redis.zadd(dead.started_job_registry.key, {"a job it had in hand": 1})
    redis.zadd(keys.LISTENING, {"sessions-dead": 1})
    redis.delete(keys.host_nudge("sessions-dead", WAKE))
    RqJobQueue(redis).nudge(Job.WAKE_HOSTS)
    assert redis.keys("*") == [b"rq:workers"]
    assert redis.smembers("rq:workers") == {b"rq:worker:alive"}
    redis.close()


def test_a_lost_nudge_key_is_forgotten_by_itself(redis_url: str) -> None:
    redis = make_redis(redis_url)
    RqJobQueue(redis).nudge(Job.DRAIN_WEBHOOKS)
    (key,) = redis.keys("aiadmin:nudge:*")  # type: ignore[misc]
    assert 0 < redis.pttl(key) <= 10_000  # type: ignore[operator]
    redis.close()


def test_a_job_is_json_with_ids_and_nothing_secret(redis_url: str) -> None:
    redis = make_redis(redis_url)
    RqJobQueue(redis).nudge(Job.DELIVER_ACTIVATION, 7)
    (job,) = Queue(QueueName.JOBS, connection=redis, serializer="json").jobs
    raw = redis.hget(job.key, "data")
    assert isinstance(raw, bytes)
    assert json.loads(zlib.decompress(raw)) == ["jobs.activations.deliver", None, [7], {}]
    redis.close()


def test_a_nudge_never_raises_when_redis_is_away(free_port: int) -> None:
    redis = make_redis(f"redis://127.0.0.1:{free_port}/0")
    queue = RqJobQueue(redis)
    queue.nudge(Job.DELIVER_ACTIVATION, 1)
    queue.nudge(Job.DRAIN_WEBHOOKS)
    queue.nudge(Job.WAKE_HOSTS)
    queue.nudge(Job.SEND_MESSAGES, BOX)
    queue.began(Job.DRAIN_WEBHOOKS)
    queue.began(Job.DELIVER_ACTIVATION, 1)
