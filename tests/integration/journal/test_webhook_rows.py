"""Webhooks on a real PostgreSQL: a repeat is one row."""

from __future__ import annotations

import json
from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import event, text

from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.webhook import NewWebhook, UnderstoodWebhook, WebhookState, dedup_key
from aiadmin.storage.journal.webhooks import WebhookInbox
from aiadmin.storage.statements import Statements
from tests.support.linked_salons import register


def test_a_repeated_webhook_is_one_row_and_a_stranger_is_named(container: Container) -> None:
    company_id = register(container).company.company_id

    def webhook(company: int, body: bytes) -> NewWebhook:
        return NewWebhook(
            company_id=CompanyId(company),
            dedup_key=dedup_key(json.loads(body), body=body),
            body=body,
            received_at=container.clock(),
        )

    with container.uow() as work:
        unknown = work.webhooks.add_many(
            [webhook(company_id, b'{"a":1}'), webhook(company_id, b'{"a": 1}'), webhook(777, b"{}")]
        )
        work.commit()
    assert unknown == {777}
    with container.uow() as work:
        stored = work.webhooks.claim(limit=10)
        assert [row.body for row in stored] == [b'{"a":1}']
        done = UnderstoodWebhook(webhook_id=stored[0].webhook_id, state=WebhookState.IGNORED, kind=None)
        work.webhooks.finish([done], container.clock())
        work.commit()
    with container.uow() as work:
        assert work.webhooks.claim(limit=10) == []


def test_what_comes_together_is_one_statement_which_may_be_run_again(container: Container) -> None:
    """Where the answer of the first was lost, nobody knows whether it was committed."""
    company_id = register(container).company.company_id
    new = [
        NewWebhook(company_id=CompanyId(number), dedup_key=key, body=b"{}", received_at=container.clock())
        for number, key in ((company_id, "one"), (777, "one"), (company_id, "two"))
    ]
    inbox, statements = WebhookInbox(Statements(container.statement_engine)), list[str]()
    event.listen(container.statement_engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert inbox.add(new) == inbox.add(new) == {777}
    assert len(statements) == 2
    with container.uow() as work:
        assert [row.company_id for row in work.webhooks.claim(limit=10)] == [company_id, company_id]


def test_a_webhook_is_stored_though_the_connection_was_cut(container: Container, database_url: str) -> None:
    company_id = register(container).company.company_id
    inbox = WebhookInbox(Statements(container.statement_engine))

    def store(key: str) -> None:
        new = NewWebhook(company_id=company_id, dedup_key=key, body=b"{}", received_at=container.clock())
        assert inbox.add([new]) == frozenset()

    store("one")
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'aiadmin' AND datname = current_database()"
        )
    store("two")
    with container.uow() as work:
        assert len(work.webhooks.claim(limit=10)) == 2


OWN = b'{"resource": "record", "status": "update", "data": {"id": 7, "last_change_date": "2026-11-30T10:00:00"}}'


SEED = b'{"type": "booking_updated", "data": {"id": 7}}'


@pytest.mark.parametrize(("body", "is_heard_again"), [(OWN, False), (SEED, True)], ids=["own shape", "seed's shape"])
def test_y24_a_body_without_a_time_is_understood_again_once_it_was_understood(
    container: Container, body: bytes, is_heard_again: bool
) -> None:
    """Y24: and it is one row all the same; repeats that come while it waits are one."""
    company_id = register(container).company.company_id

    def arrives() -> None:
        key = dedup_key(json.loads(body), body=body)
        new = NewWebhook(company_id=company_id, dedup_key=key, body=body, received_at=container.clock())
        with container.uow() as work:
            work.webhooks.add_many([new, new])
            work.commit()

    def understand() -> int:
        with container.uow() as work:
            stored = work.webhooks.claim(limit=10)
            done = [
                UnderstoodWebhook(webhook_id=one.webhook_id, state=WebhookState.PROCESSED, kind=None)
                for one in stored
            ]
            work.webhooks.finish(done, container.clock())
            work.commit()
        return len(stored)

    counts = []
    for _ in range(3):
        arrives()
        arrives()
        counts.append((understand(), understand()))
    assert counts == [(1, 0), (int(is_heard_again), 0), (int(is_heard_again), 0)]
    with container.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM webhooks")) == 1
