"""Stored webhooks are understood once each, whatever is in them."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId, HostId
from aiadmin.domain.job import Argument, Job
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.journal.webhook import NewWebhook
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.services import maintenance
from aiadmin.services.journal import webhook_processing
from aiadmin.storage.console import work_queues
from tests.support.linked_salons import link, register

HOUR = timedelta(hours=1)

BODIES = {
    b'{"company_id": 1, "resource": "record", "resource_id": 7, "status": "create", "data": {}}': (
        "processed",
        "record",
        "create",
    ),
    b'{"type": "booking_cancelled", "data": {"id": 7}}': ("processed", "record", "delete"),
    b'{"resource": "goods_operations_sale", "resource_id": 1, "status": "update"}': (
        "ignored",
        "goods_operations_sale",
        "update",
    ),
    b'{"hello": "world"}': ("unreadable", None, None),
    b"\xff\xfe not json": ("unreadable", None, None),
    b"[" * 50_000: ("unreadable", None, None),
    b'{"resource": "re\\u0000cord\\ud800", "status": "create"}': ("processed", "record", "create"),
    b'{"resource": "' + b"x" * 5000 + b'", "status": "create"}': ("ignored", "x" * 100, "create"),
}


def _store(box: Container, company_id: CompanyId, *bodies: bytes) -> None:
    with box.uow() as work:
        work.webhooks.add_many(
            [
                NewWebhook(
                    company_id=company_id,
                    dedup_key=hashlib.sha256(body).hexdigest(),
                    body=body,
                    received_at=box.clock(),
                )
                for body in bodies
            ]
        )
        work.commit()


def _rows(box: Container) -> list[tuple[object, ...]]:
    with box.engine.connect() as connection:
        rows = connection.execute(text("SELECT body, state, resource, status FROM webhooks"))
        return [(bytes(row[0]), *row[1:]) for row in rows]


def test_every_body_ends_in_its_state_and_none_holds_up_the_rest(box: Container) -> None:
    _store(box, register(box).company.company_id, *BODIES)
    assert webhook_processing.drain(uow=box.uow, clock=box.clock) == len(BODIES)
    assert {row[0]: row[1:] for row in _rows(box)} == BODIES
    assert webhook_processing.drain(uow=box.uow, clock=box.clock) == 0


def test_two_workers_share_the_inbox_and_no_webhook_is_done_twice(box: Container) -> None:
    bodies = [f'{{"resource": "record", "status": "update", "resource_id": {number}}}' for number in range(450)]
    _store(box, register(box).company.company_id, *map(str.encode, bodies))
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda: done.append(webhook_processing.drain(uow=box.uow, clock=box.clock)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 450
    assert {row[1] for row in _rows(box)} == {"processed"}


class Nudges:
    """`ports.JobQueue` that remembers."""

    def __init__(self) -> None:
        self.asked: list[tuple[Job, *tuple[Argument, ...]]] = []

    def nudge(self, job: Job, *arguments: Argument) -> None:
        self.asked.append((job, *arguments))


def _swept(box: Container) -> list[tuple[Job, *tuple[Argument, ...]]]:
    nudges = Nudges()
    maintenance.sweep(uow=box.uow, queue=nudges, clock=box.clock, window=HOUR)
    return nudges.asked


def test_a_sweep_nudges_what_is_due_and_nothing_else(box: Container) -> None:
    register(box, 1)
    due = link(box, 2)
    delivery = (Job.DELIVER_ACTIVATION, due.outbox_id)
    assert _swept(box) == [delivery]
    _store(box, due.company_id, b"{}")
    assert _swept(box) == [delivery, (Job.DRAIN_WEBHOOKS,)]
    with box.uow() as work:
        work.sync_runs.start(due.company_id, SyncKind.FULL, box.clock(), is_new=True)
        work.commit()
    reading = (Job.SYNCHRONISE, due.company_id, SyncKind.FULL)
    assert _swept(box) == [delivery, (Job.DRAIN_WEBHOOKS,), reading]


def test_no_queue_is_left_to_its_nudges() -> None:
    """What the sweep does not nudge for, the clock or a host looks for by itself."""
    by_themselves = {WorkQueue.OUTBOX_MESSAGES, WorkQueue.REMINDERS, WorkQueue.ERASURES}
    assert {*maintenance.JOBS, *maintenance.BY_ROW} == set(WorkQueue) - by_themselves


def test_every_queue_of_the_sweep_shows_how_long_its_oldest_row_waits() -> None:
    """A salon's turn to be compared with YClients comes once an hour: no row of that queue is late before."""
    swept = {*maintenance.JOBS, *maintenance.BY_ROW} - {WorkQueue.INSTALLATIONS}
    assert set(work_queues.WAITING) == swept


def test_tidying_forgets_the_dead_and_the_old_and_never_unread_mail(box: Container) -> None:
    company_id = register(box).company.company_id
    _store(box, company_id, b'{"resource": "record", "status": "create"}')
    webhook_processing.drain(uow=box.uow, clock=box.clock)
    _store(box, company_id, b"{}")
    with box.uow() as work:
        for number, age in enumerate((-10, 30, 90)):
            work.hosts.add(HostId(UUID(int=number)), lease=-timedelta(seconds=age), capacity=1)
        work.commit()
    later = box.clock() + timedelta(days=31)
    assert maintenance.tidy(uow=box.uow, clock=box.clock, erase_after=HOUR) == replace(
        maintenance.NOTHING_TIDIED, hosts=1
    )
    with box.engine.begin() as connection:
        connection.execute(text("UPDATE session_hosts SET lease_until = lease_until - interval '31 days'"))
    assert maintenance.tidy(uow=box.uow, clock=lambda: later, erase_after=HOUR) == replace(
        maintenance.NOTHING_TIDIED, hosts=2, webhooks=1, session_events=0
    )
    assert [row[0] for row in _rows(box)] == [b"{}"]
