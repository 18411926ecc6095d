"""How long the work queues are: what waits in each, since when, and what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from aiadmin.domain.quarantine import WorkQueue
from aiadmin.storage.chat import chats, questions, visit_writes
from aiadmin.storage.journal import refetches, sync_runs
from aiadmin.storage.notices import dispatch
from aiadmin.storage.quarantine import not_set_aside


def _waiting(queue: WorkQueue, time: str, waits: str) -> str:
    table = queue.value
    mine = not_set_aside(queue, f"{table}.company_id", f"{table}.id")
    return f"SELECT min({time}) AS oldest, count(*) AS waiting FROM {table} WHERE {waits} AND {mine}"  # noqa: S608


WAITING: Mapping[WorkQueue, str] = {
    WorkQueue.WEBHOOKS: _waiting(WorkQueue.WEBHOOKS, "received_at", "state = 'received'"),
    WorkQueue.BOOKING_EVENTS: _waiting(WorkQueue.BOOKING_EVENTS, "at", "handled_at IS NULL"),
    WorkQueue.PROVIDER_MESSAGES: _waiting(WorkQueue.PROVIDER_MESSAGES, "next_attempt_at", "next_attempt_at <= :now"),
    WorkQueue.OUTBOX: _waiting(
        WorkQueue.OUTBOX, "next_attempt_at", "state IN ('pending', 'sending') AND next_attempt_at <= :now"
    ),
    WorkQueue.CHATS: chats.OLDEST_DUE,
    WorkQueue.REFETCHES: refetches.OLDEST_DUE,
    WorkQueue.QUESTIONS: questions.OLDEST_DUE,
    WorkQueue.NOTICES: dispatch.OLDEST_DUE,
    WorkQueue.CHAT_WRITES: visit_writes.OLDEST_DUE,
    WorkQueue.SYNC_RUNS: sync_runs.OLDEST_DUE,
}
"""Since when the row that has waited longest could have been worked on, and how many do; what was set aside does not
count."""
_OF_HOSTS = {
    WorkQueue.OUTBOX_MESSAGES: _waiting(
        WorkQueue.OUTBOX_MESSAGES, "next_attempt_at", "state = 'pending' AND next_attempt_at <= :now"
    ),
}
"""What no worker takes, but the host of each phone, at the pace of its number: it may wait for long."""
_ALL = text(
    " UNION ALL ".join(
        f"SELECT '{queue.value}' AS queue, oldest, waiting FROM ({statement}) AS {queue.value}"  # noqa: S608
        for queue, statement in {**WAITING, **_OF_HOSTS}.items()
    )
)
SET_ASIDE = text("SELECT queue, next_attempt_at IS NULL, count(*) FROM quarantine GROUP BY 1, 2")


@dataclass(frozen=True, kw_only=True)
class QueueReading:
    """One queue.

    Attributes:
        waiting: rows that could be worked on now; None of a queue that is looked through and not counted.
        oldest: since when the oldest of them could.
        retried, given_up: rows that raised: tried again by themselves, and not.
    """

    queue: WorkQueue
    waiting: int | None = None
    oldest: datetime | None = None
    retried: int = 0
    given_up: int = 0


class WorkQueues:
    """Reads all queues, of all salons, in two statements."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, now: datetime) -> Sequence[QueueReading]:
        """Each queue, in the order of `WorkQueue`."""
        waiting = {row.queue: row for row in self._session.execute(_ALL, {"now": now})}
        aside = {(queue, is_over): count for queue, is_over, count in self._session.execute(SET_ASIDE)}
        return [
            QueueReading(
                queue=queue,
                waiting=waiting[queue.value].waiting if queue.value in waiting else None,
                oldest=waiting[queue.value].oldest if queue.value in waiting else None,
                retried=aside.get((queue.value, False), 0),
                given_up=aside.get((queue.value, True), 0),
            )
            for queue in WorkQueue
        ]
