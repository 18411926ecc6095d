"""Who is asking: one statement for all that wait, never an old answer, through stale connections and outages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import psycopg2.extensions
import pytest
from sqlalchemy import event

from aiadmin.container import Container
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.services.companies import registration
from aiadmin.storage import connection as connections
from aiadmin.storage.connection import CONNECT_SECONDS
from tests.conftest import WaitUntil
from tests.support.linked_salons import make_container, register
from tests.support.locks import companies_locked
from tests.support.silence import SilentProxy, by_way_of

SALONS = 5


@contextmanager
def _statements(box: Container) -> Iterator[list[str]]:
    """What is asked of PostgreSQL meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(box.statement_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(box.statement_engine, "before_cursor_execute", note)


@pytest.fixture
def proxy(database_url: str) -> Iterator[SilentProxy]:
    with SilentProxy(urlsplit(database_url).port or 0) as proxy:
        yield proxy


@pytest.fixture
def through(database_url: str, redis_url: str, proxy: SilentProxy) -> Iterator[Container]:
    """The product's adapters, with the proxy before their PostgreSQL."""
    with make_container(database_url=by_way_of(proxy, database_url), redis_url=redis_url) as box:
        yield box


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_all_that_wait_share_a_statement_and_each_gets_the_company_it_asked_for(
    container: Container, database_url: str, wait_until: WaitUntil
) -> None:
    made = [register(container, 100 + number) for number in range(SALONS)]
    lookup, numbers = container.company_lookup, container.company_by_number
    numbers(made[0].company.company_id)
    with ThreadPoolExecutor(20) as threads, _statements(container) as said:
        with companies_locked(database_url):
            first = threads.submit(numbers, made[0].company.company_id)
            wait_until(lambda: len(said) == 1, what="the first is being asked")
            by_number = [threads.submit(numbers, each.company.company_id) for each in made]
            by_key = [threads.submit(container.company_by_api_key, each.api_key) for each in made]
            unknown = [threads.submit(numbers, CompanyId(99)), threads.submit(container.company_by_api_key, "sk_no")]
            wait_until(lambda: len(lookup) == 2 * SALONS + 2, what="all others wait")
        found = [one.result() for one in (first, *by_number, *by_key, *unknown)]
    companies = [each.company for each in made]
    assert found == [companies[0], *companies, *companies, None, None]
    assert len(said) == 2


def test_a_lookup_is_one_trip_whose_answer_is_never_an_old_one(container: Container) -> None:
    made = register(container)
    trips: list[int] = []

    def wait(connection: Any) -> None:
        trips.append(connection.fileno())
        connections._wait(connection)

    assert container.company_by_api_key(made.api_key) == made.company
    psycopg2.extensions.set_wait_callback(wait)
    try:
        assert container.company_by_api_key(made.api_key) == made.company
    finally:
        connections.keep_deadlines()
    assert len(trips) == 1
    registration.rotate_api_key(made.company.company_id, uow=container.uow, secrets=container.secrets)
    assert container.company_by_api_key(made.api_key) is None


def test_a_connection_that_was_cut_is_replaced_and_nobody_notices(container: Container, database_url: str) -> None:
    made = register(container)
    assert container.company_by_number(made.company.company_id) == made.company
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'aiadmin' AND datname = current_database()"
        )
    assert container.company_by_number(made.company.company_id) == made.company


@pytest.mark.slow
def test_a_silent_connection_costs_its_patience_once(
    container: Container, through: Container, proxy: SilentProxy
) -> None:
    made = register(container)
    ask = through.company_by_number
    ask(made.company.company_id)
    proxy.fall_silent()
    with ThreadPoolExecutor(8) as threads:
        began = time.monotonic()
        found = list(threads.map(ask, [made.company.company_id] * 8))
        assert time.monotonic() - began < 2 * CONNECT_SECONDS
    assert found == [made.company] * 8
    assert _seconds(lambda: ask(made.company.company_id)) < CONNECT_SECONDS


@pytest.mark.slow
def test_while_postgresql_is_silent_everybody_gets_an_error_of_their_own_in_time(
    container: Container, through: Container, proxy: SilentProxy
) -> None:
    made = register(container)
    ask = through.company_by_number
    ask(made.company.company_id)
    proxy.fall_silent(new_ones_too=True)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(ask, made.company.company_id) for _ in range(8)]
        errors = [one.exception() for one in asked]
    assert {type(error) for error in errors} == {DependencyDownError}
    assert len({id(error) for error in errors}) == 8
    assert time.monotonic() - began < 16
    proxy.listen_again()
    assert ask(made.company.company_id) == made.company


def test_a_postgresql_that_refuses_is_said_to_be_away_at_once(redis_url: str, free_port: int) -> None:
    away = f"postgresql://a:b@127.0.0.1:{free_port}/x"
    with make_container(database_url=away, redis_url=redis_url) as box:
        for _ in range(2):
            with pytest.raises(DependencyDownError, match="PostgreSQL"):
                box.company_by_number(CompanyId(1))
