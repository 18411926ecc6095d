"""What the tables say about our health at one moment, for the metrics page: queues, salons, sessions and hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, select, text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.domain.journal.webhook import WebhookState
from aiadmin.domain.notices.dispatch import NoticeState
from aiadmin.domain.notices.reconciliation import Difference
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.storage.console.work_queues import SET_ASIDE, WAITING
from aiadmin.storage.notices import dispatch
from aiadmin.storage.quarantine import not_set_aside
from aiadmin.storage.tables.core import CompanyRow, DeviceRow, HostRow, OutboxTableRow, WebhookRow
from aiadmin.storage.tables.journal import BookingEventRow
from aiadmin.storage.tables.messages import OutboxMessageRow
from aiadmin.storage.tables.notices import NoticeRow

_CONNECTIONS = text(
    "SELECT application_name, count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() GROUP BY application_name ORDER BY application_name"
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One gauge value."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def read(engine: Engine, now: datetime) -> list[Reading]:
    """All gauges in one read-only transaction."""
    with engine.connect() as connection:
        return [
            *_outbox(connection, now),
            *_messages(connection, now),
            *_notices(connection, now),
            *_inbox(connection, now),
            *_queues(connection, now),
            *_clock(connection),
            *_sessions(connection),
            *_companies(connection),
            *_truth(connection),
            *_hosts(connection),
            *_connections(connection),
        ]


def _outbox(connection: Connection, now: datetime) -> Iterator[Reading]:
    rows = connection.execute(select(OutboxTableRow.state, func.count()).group_by(OutboxTableRow.state))
    counts = dict(rows.all())
    for state in OutboxState:
        yield Reading(
            name="aiadmin_outbox_rows", help="Outbox rows", labels=(("state", state),), value=counts.get(state, 0)
        )
    oldest = connection.scalar(
        select(func.min(OutboxTableRow.next_attempt_at)).where(
            OutboxTableRow.state.in_([OutboxState.PENDING, OutboxState.SENDING]),
            OutboxTableRow.next_attempt_at <= now,
        )
    )
    yield Reading(name="aiadmin_outbox_overdue_seconds", help="Oldest due outbox row", value=_age(oldest, now))


def _messages(connection: Connection, now: datetime) -> Iterator[Reading]:
    """Of what is open alone: those rows have an index, and the others become many."""
    row = OutboxMessageRow
    for state in (OutboxState.PENDING, OutboxState.SENDING):
        count = connection.scalar(select(func.count()).select_from(row).where(row.state == state)) or 0
        labels = (("state", state),)
        yield Reading(name="aiadmin_messages_open", help="Messages owed to clients", labels=labels, value=count)
    due = row.state == OutboxState.PENDING, row.next_attempt_at <= now
    oldest = connection.scalar(select(func.min(row.next_attempt_at)).where(*due))
    yield Reading(name="aiadmin_messages_overdue_seconds", help="Oldest due message", value=_age(oldest, now))


def _notices(connection: Connection, now: datetime) -> Iterator[Reading]:
    """What waits for a phone, a pace or the morning is not overdue: only what a worker should have looked at."""
    row = NoticeRow
    waiting = connection.scalar(select(func.count()).select_from(row).where(row.state == NoticeState.WAITING)) or 0
    yield Reading(name="aiadmin_notices_waiting", help="Notices planned and not yet released", value=waiting)
    oldest = connection.scalar(text(dispatch.OLDEST_DUE), {"now": now})
    yield Reading(name="aiadmin_notices_overdue_seconds", help="Oldest notice that is due", value=_age(oldest, now))
    happened = connection.scalar(select(func.min(BookingEventRow.at)).where(BookingEventRow.handled_at.is_(None)))
    yield Reading(name="aiadmin_news_oldest_seconds", help="Oldest unplanned event", value=_age(happened, now))


def _inbox(connection: Connection, now: datetime) -> Iterator[Reading]:
    count, oldest = connection.execute(
        select(func.count(), func.min(WebhookRow.received_at)).where(
            WebhookRow.state == WebhookState.RECEIVED,
            text(not_set_aside(WorkQueue.WEBHOOKS, "webhooks.company_id", "webhooks.id")),
        )
    ).one()
    yield Reading(name="aiadmin_inbox_backlog", help="Webhooks stored and not yet processed", value=count)
    yield Reading(name="aiadmin_inbox_oldest_seconds", help="Oldest unprocessed webhook", value=_age(oldest, now))


def _clock(connection: Connection) -> Iterator[Reading]:
    """Of the process that is asked; those of session hosts are measured by themselves."""
    skew = (datetime.now(UTC) - connection.scalars(select(func.clock_timestamp())).one()).total_seconds()
    meaning = "How far the web process's clock is ahead of PostgreSQL's"
    yield Reading(name="aiadmin_clock_skew_seconds", help=meaning, value=skew)


def _companies(connection: Connection) -> Iterator[Reading]:
    statement = select(CompanyRow.integration_status, func.count()).group_by(CompanyRow.integration_status)
    counts: Counter[str] = Counter()
    for status, count in connection.execute(statement):
        counts[status or IntegrationStatus.PENDING] += count
    for status in IntegrationStatus:
        labels = (("status", status.value),)
        value = counts[status.value]
        yield Reading(name="aiadmin_companies", help="Companies by integration status", labels=labels, value=value)


def _truth(connection: Connection) -> Iterator[Reading]:
    """Of each salon's last comparison; every kind is there from the beginning, so that a first one is seen."""
    columns = [func.sum(CompanyRow.truth_differences[kind.value].as_integer()) for kind in Difference]
    here = CompanyRow.integration_status == IntegrationStatus.ACTIVE
    sums = connection.execute(select(*columns).where(here)).one()
    for kind, count in zip(Difference, sums, strict=True):
        meaning = "Visits of the coming week about which we, or a client, believed something else than YClients"
        yield Reading(name="aiadmin_truth_differences", help=meaning, labels=(("kind", kind),), value=count or 0)


def _queues(connection: Connection, now: datetime) -> Iterator[Reading]:
    """The age of the oldest waiting row of each queue, and how many rows were set aside."""
    for queue, statement in WAITING.items():
        oldest: datetime | None = connection.scalar(text(statement), {"now": now})
        labels = (("queue", queue.value),)
        yield Reading(
            name="aiadmin_queue_oldest_seconds", help="Oldest waiting row", value=_age(oldest, now), labels=labels
        )
    counts = {(queue, is_given_up): count for queue, is_given_up, count in connection.execute(SET_ASIDE)}
    for queue in WorkQueue:
        for state, is_given_up in (("retried", False), ("given_up", True)):
            yield Reading(
                name="aiadmin_rows_set_aside",
                help="Rows that raised and are passed by",
                value=counts.get((queue.value, is_given_up), 0),
                labels=(("queue", queue.value), ("state", state)),
            )


def _sessions(connection: Connection) -> Iterator[Reading]:
    """Sessions of devices that are to stay, by state; an empty state is 0, so that alerts can be written."""
    statement = select(DeviceRow.observed, func.count()).where(DeviceRow.desired == Desired.ON)
    counts = dict(connection.execute(statement.group_by(DeviceRow.observed)).all())
    for state in Observed:
        labels = (("state", state.value),)
        yield Reading(name="wa_sessions", help="Sessions by state", labels=labels, value=counts.get(state, 0))


def _hosts(connection: Connection) -> Iterator[Reading]:
    """The hosts whose lease runs, and what each takes of its machine."""
    held = select(func.count()).where(DeviceRow.host_id == HostRow.id).correlate(HostRow).scalar_subquery()
    row = HostRow
    columns = row.name, row.capacity, held, row.rss_bytes, row.threads, row.open_files, row.clock_skew
    rows = connection.execute(select(*columns).where(HostRow.lease_until > func.now()).order_by(HostRow.name)).all()
    yield Reading(name="aiadmin_hosts_alive", help="Session hosts with a lease", value=len(rows))
    names = {
        "wa_host_capacity": "Sessions a host may hold",
        "wa_host_sessions": "Sessions a host holds",
        "wa_host_rss_bytes": "Resident memory of a session host",
        "wa_host_threads": "Threads of a session host",
        "wa_host_open_files": "Open files of a session host",
        "wa_host_clock_skew_seconds": "How far a session host's clock is ahead of PostgreSQL's",
    }
    for host, *values in rows:
        for (name, meaning), value in zip(names.items(), values, strict=True):
            yield Reading(name=name, help=meaning, labels=(("host", host),), value=value)


def _connections(connection: Connection) -> Iterator[Reading]:
    """PostgreSQL connections by who opened them; `aiadmin-sessions` are the WhatsApp library's."""
    for application, count in connection.execute(_CONNECTIONS):
        labels = (("application", application or "-"),)
        yield Reading(name="wa_pg_connections", help="PostgreSQL connections", labels=labels, value=count)


def _age(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0
