"""PostgreSQL that falls silent: connections stay open and acknowledged, and no answer comes on them (S3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import psycopg2
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from aiadmin.adapters.webhook_writer import WebhookWriter
from aiadmin.domain.errors import CompanyNotFoundError, DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.webhook import NewWebhook
from aiadmin.storage.connection import CONNECT_SECONDS, parameters
from aiadmin.storage.engine import make_engine, make_statement_engine
from aiadmin.storage.journal.webhooks import WebhookInbox
from aiadmin.storage.leadership import Leadership
from aiadmin.storage.statements import Statements
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.conftest import WaitUntil
from tests.support.silence import SilentProxy, by_way_of

pytestmark = pytest.mark.slow  # what is tried takes seconds of a real clock


@pytest.fixture
def proxy(database_url: str) -> Iterator[SilentProxy]:
    with SilentProxy(urlsplit(database_url).port or 0) as proxy:
        yield proxy


@pytest.fixture
def through(database_url: str, proxy: SilentProxy) -> str:
    """The URL of the database by way of the proxy."""
    return by_way_of(proxy, database_url)


def _seconds(call: Callable[[], object]) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


def _ask(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT 1")) or 0)


def _fill(engine: Engine, count: int) -> None:
    """Have `count` connections lie in the pool."""
    held = [engine.connect() for _ in range(count)]
    for connection in held:
        connection.close()


def test_silent_connections_in_the_pool_cost_one_ping_all_together(proxy: SilentProxy, through: str) -> None:
    engine = make_engine(through, pool_size=4)
    try:
        _fill(engine, 4)
        proxy.fall_silent()
        assert _seconds(lambda: _ask(engine)) < 2 * CONNECT_SECONDS
        assert _seconds(lambda: [_ask(engine) for _ in range(8)]) < CONNECT_SECONDS, (
            "the others were replaced as well"
        )
    finally:
        engine.dispose()


def test_a_statement_that_falls_silent_ends_and_the_next_one_works(proxy: SilentProxy, through: str) -> None:
    engine = make_engine(through, pool_size=1, statement_seconds=1)
    try:
        with engine.connect() as held:
            held.scalar(text("SELECT 1"))
            proxy.fall_silent()
            with pytest.raises(OperationalError, match="no answer from PostgreSQL within 3 s"):
                held.scalar(text("SELECT 2"))
        assert _seconds(lambda: _ask(engine)) < CONNECT_SECONDS
    finally:
        engine.dispose()


def test_a_connect_that_hangs_ends_and_says_so(proxy: SilentProxy, through: str) -> None:
    engine = make_engine(through, pool_size=1)
    proxy.fall_silent(new_ones_too=True)
    try:
        with pytest.raises(DependencyDownError, match="no answer from PostgreSQL within 5 s"):
            _use(engine)
        proxy.listen_again()
        assert _seconds(lambda: _use(engine)) < CONNECT_SECONDS
    finally:
        engine.dispose()


def test_a_writer_in_front_of_a_silent_connection_stores_what_came_and_says_that_it_waits(
    proxy: SilentProxy, through: str, wait_until: WaitUntil
) -> None:
    engine = make_statement_engine(through, pool_size=1)
    writer = WebhookWriter(WebhookInbox(Statements(engine)).add, limits=_NoLimits(), after_commit=lambda: None)
    stored: list[Exception | None] = []

    def store(key: str) -> None:
        try:
            writer.store(_webhook(key))
        except CompanyNotFoundError as error:
            stored.append(error)  # PostgreSQL has looked for the company: it has answered

    try:
        store("first")
        proxy.fall_silent()
        waiting = threading.Thread(target=store, args=["second"])
        waiting.start()
        wait_until(lambda: writer.is_stalled(1), what="the writer says that it waits")
        waiting.join(CONNECT_SECONDS + 5)
        assert len(stored) == 2
        assert not writer.is_stalled(0)
    finally:
        writer.close()
        engine.dispose()


def test_a_clock_that_is_cut_off_leads_no_longer_and_another_takes_over(
    database_url: str, proxy: SilentProxy, through: str, wait_until: WaitUntil
) -> None:
    """The server still holds the session, and with it the lock, until it has heard nothing for a while."""
    cut_off, standing_by = make_engine(through, pool_size=2), make_engine(database_url, pool_size=2)
    first, second = Leadership(cut_off, silent_seconds=2), Leadership(standing_by, silent_seconds=2)
    try:
        assert (first.is_held(), second.is_held()) == (True, False)
        proxy.fall_silent()
        with ThreadPoolExecutor() as threads:
            cut = threads.submit(first.is_held)
            wait_until(second.is_held, what="the lock is free")
            wait_until(lambda: second.is_held() and cut.done(), what="who was cut off has noticed")
        assert isinstance(cut.exception(), DependencyDownError)
        assert (first.is_held(), second.is_held()) == (False, True)
    finally:
        first.give_up(), second.give_up()
        cut_off.dispose(), standing_by.dispose()


def test_a_transaction_that_was_cut_off_frees_its_locks(database_url: str, proxy: SilentProxy, through: str) -> None:
    """Else the same rows would be waited for until somebody restarts PostgreSQL."""
    settings = parameters()["options"].replace("idle_in_transaction_session_timeout=20000", "{0}=1000")
    assert settings.count("{0}=1000") == 1
    name = "idle_in_transaction_session_timeout"
    with closing(psycopg2.connect(through, options=settings.format(name))) as cut_off, cut_off.cursor() as cursor:
        cursor.execute("LOCK TABLE companies")
        proxy.fall_silent()
        engine = make_engine(database_url, pool_size=1)
        try:
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT count(*) FROM companies")) == 0
        finally:
            engine.dispose()


class _NoLimits:
    """`webhook_writer.Limits` that admit everything."""

    def admit_each(self, names: Sequence[str]) -> Sequence[float]:
        return [0.0] * len(names)


def _webhook(key: str) -> NewWebhook:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    return NewWebhook(company_id=CompanyId(1), dedup_key=key, body=b"{}", received_at=now)


def _use(engine: Engine) -> None:
    with UnitOfWork(engine) as work:
        work.companies.find(CompanyId(1))
