"""What the work queues say of themselves: how long the oldest row waits in each, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from aiadmin.domain.quarantine import WorkQueue
from aiadmin.storage.chat import questions
from aiadmin.storage.journal import refetches, sync_runs
from aiadmin.storage.metrics.session_gauges import Reading
from aiadmin.storage.notices import dispatch
from aiadmin.storage.quarantine import not_set_aside


def _oldest(queue: WorkQueue, time: str, waits: str) -> str:
    table = queue.value
    mine = not_set_aside(queue, f"{table}.company_id", f"{table}.id")
    return f"SELECT min({time}) FROM {table} WHERE {waits} AND {mine}"  # noqa: S608 - our own words


_OLDEST: Mapping[WorkQueue, str] = {
    WorkQueue.WEBHOOKS: _oldest(WorkQueue.WEBHOOKS, "received_at", "state = 'received'"),
    WorkQueue.INBOX_MESSAGES: _oldest(WorkQueue.INBOX_MESSAGES, "received_at", "handled_at IS NULL"),
    WorkQueue.BOOKING_EVENTS: _oldest(WorkQueue.BOOKING_EVENTS, "at", "handled_at IS NULL"),
    WorkQueue.OPERATOR_MESSAGES: _oldest(WorkQueue.OPERATOR_MESSAGES, "next_attempt_at", "next_attempt_at <= :now"),
    WorkQueue.OUTBOX: _oldest(
        WorkQueue.OUTBOX, "next_attempt_at", "state IN ('pending', 'sending') AND next_attempt_at <= :now"
    ),
    WorkQueue.CHECKS: refetches.OLDEST_DUE,
    WorkQueue.QUESTIONS: questions.OLDEST_DUE,
    WorkQueue.NOTICES: dispatch.OLDEST_DUE,
    WorkQueue.SYNC_RUNS: sync_runs.OLDEST_DUE,
}
"""Since when the row that has waited longest could have been worked on; what was set aside does not count."""
_SET_ASIDE = text("SELECT queue, next_attempt_at IS NULL, count(*) FROM quarantine GROUP BY 1, 2")


def queues(connection: Connection, now: datetime) -> Iterator[Reading]:
    """The age of the oldest waiting row of each queue, and how many rows were set aside."""
    for queue, statement in _OLDEST.items():
        oldest: datetime | None = connection.scalar(text(statement), {"now": now})
        age = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
        labels = (("queue", queue.value),)
        yield Reading(name="aiadmin_queue_oldest_seconds", help="Oldest waiting row", value=age, labels=labels)
    counts = {(queue, is_given_up): count for queue, is_given_up, count in connection.execute(_SET_ASIDE)}
    for queue in WorkQueue:
        for state, is_given_up in (("retried", False), ("given_up", True)):
            yield Reading(
                name="aiadmin_rows_set_aside",
                help="Rows that raised and are passed by",
                value=counts.get((queue.value, is_given_up), 0),
                labels=(("queue", queue.value), ("state", state)),
            )
