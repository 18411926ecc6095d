"""S7: whoever can write to Redis queues a job that is not ours, for the worker and for the session hosts."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.job import Job

from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.host_wakeups import SERIALIZER
from aiadmin.domain.job import QueueName
from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import Ground

_WAITING = {b"created", b"queued", b"started"}
_WITHIN = 15.0


def _calls(folder: Path) -> list[tuple[str, list[object]]]:
    return [
        ("os.system", [f"id > {folder}/system"]),
        ("os.mkdir", [f"{folder}/mkdir"]),
        ("subprocess.getoutput", [f"touch {folder}/getoutput"]),
        ("jobs.process.os.system", [f"id > {folder}/through-ours"]),
        ("aiadmin.adapters.embedded.server.os.mkdir", [f"{folder}/through-adapters"]),
    ]


def _run(ground: Ground, *, is_thorough: bool) -> Outcome:
    with Redis.from_url(ground.redis_url) as redis, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)  # the job may run as anybody
        hosts = [queue.decode() for queue in redis.zrange(keys.LISTENING, 0, -1)]
        queued = []
        for queue_name in [QueueName.JOBS, *hosts]:
            (folder / queue_name).mkdir()
            (folder / queue_name).chmod(0o777)
            queue = Queue(queue_name, connection=redis, serializer=SERIALIZER)
            calls = _calls(folder / queue_name)[: None if is_thorough else 2]
            queued += [queue.enqueue_call(function, args=args).id for function, args in calls]
        is_taken = ground.comes_true(lambda: not any(_waits(redis, one) for one in queued), within=_WITHIN)
        ran = sorted(str(path.relative_to(folder)) for path in folder.glob("*/*"))
    wrong = [f"code of a stranger ran: {', '.join(ran)}"] if ran else []
    if not is_taken:
        wrong.append("foreign jobs stay in the queue")
    return Outcome(sent=f"{len(queued)} jobs such as os.system in {1 + len(hosts)} queues", wrong=tuple(wrong))


def _waits(redis: Redis, job_id: str) -> bool:
    """Whether Redis still holds it as a job that is to run; it may be removed at any moment."""
    return redis.hget(Job.key_for(job_id), "status") in _WAITING


ATTACK = Attack(
    name="foreign-job",
    title="S7 jobs that are not ours",
    criterion="no such job runs, and none stays in the way",
    full=partial(_run, is_thorough=True),
    short=partial(_run, is_thorough=False),
)
