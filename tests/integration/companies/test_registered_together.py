"""Salons that register at the same time share a statement: each gets its own answer, once, through outages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest

from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import DependencyDownError, SalonTakenError
from aiadmin.domain.ids import SalonId
from aiadmin.services.companies import registration
from aiadmin.storage.companies.registrations import ACTIVATION_KEY, NewRegistration, Registrations
from aiadmin.storage.statements import Statements
from tests.conftest import WaitUntil
from tests.support.linked_salons import WINDOW, make_container, register
from tests.support.locks import companies_locked
from tests.support.silence import SilentProxy, by_way_of


def _gathered(container: Container, database_url: str, wait_until: WaitUntil, salons: list[int]) -> list[Any]:
    """What becomes of `salons`, which register while one other is being stored."""
    register(container, 1)
    with ThreadPoolExecutor(len(salons) + 1) as threads:
        with companies_locked(database_url):
            first = threads.submit(register, container, 2)
            wait_until(lambda: container.registrations.is_stalled(0.1), what="the first is being stored")
            asked = []
            for salon in salons:
                asked.append(threads.submit(register, container, salon))
                wait_until(lambda: len(container.registrations) == len(asked), what="the next one waits")
        first.result()
        return [one.exception() or one.result() for one in asked]


def test_each_has_its_own_company_key_link_and_activation(
    container: Container, database_url: str, wait_until: WaitUntil
) -> None:
    results = _gathered(container, database_url, wait_until, [30, 10, 20])

    for salon, made in zip([30, 10, 20], results, strict=True):
        assert made.company.salon_id == salon
        assert container.company_by_api_key(made.api_key) == made.company
        claims = container.tokens.verify(made.token, container.clock())
        assert (claims.company_id, claims.jti) == (made.company.company_id, made.company.connect_jti)
        assert int(container.redis.get(f"marketplace:token:{claims.jti}")) == made.company.company_id
        with container.uow() as work:
            row = work.outbox.find_by_key(made.company.company_id, ACTIVATION_KEY)
        assert container.secrets.unseal(row.secret) == made.api_key
        assert (row.next_attempt_at, row.deadline_at) == (None, made.company.activation_deadline_at)


def test_of_two_for_one_salon_the_first_is_stored_and_who_is_there_already_stays(
    container: Container, database_url: str, wait_until: WaitUntil
) -> None:
    results = _gathered(container, database_url, wait_until, [10, 1, 10, 20])

    assert [type(result).__name__ for result in results] == [
        "Registration", "SalonTakenError", "SalonTakenError", "Registration",
    ]  # fmt: skip
    with container.uow() as work:
        stored = [(company.salon_id, company.connect_jti) for company in work.companies.list_all()]
    assert sorted(salon for salon, _ in stored) == [1, 2, 10, 20]
    assert (10, results[0].company.connect_jti) in stored


def test_one_that_postgresql_does_not_take_fails_alone(
    container: Container, database_url: str, wait_until: WaitUntil
) -> None:
    results = _gathered(container, database_url, wait_until, [10, 2**31, 20])

    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    assert not isinstance(results[1], DependencyDownError | SalonTakenError)


def test_a_statement_whose_answer_was_lost_is_run_again_and_finds_what_it_had_made(container: Container) -> None:
    registrations = Registrations(Statements(container.statement_engine))

    def store(new: NewRegistration) -> Company:
        (made,), (again,) = registrations.add([new]), registrations.add([new])
        assert made == again is not None
        return again

    made = register_by(container, store)
    assert container.company_by_api_key(made.api_key) == made.company
    with container.uow() as work:
        assert work.outbox.find_by_key(made.company.company_id, ACTIVATION_KEY) is not None
        assert work.companies.stats().total == 1


def register_by(container: Container, store: registration.Store) -> registration.Registration:
    """A salon that registers, stored by `store`."""
    return registration.register(
        salon_id=SalonId(5), phone=None, email=None, store=store, secrets=container.secrets,
        tokens=container.tokens, clock=container.clock, window=WINDOW,
    )  # fmt: skip


@pytest.mark.slow
def test_silence_is_everybodys_own_error_and_ends_with_it(database_url: str, redis_url: str) -> None:
    with (
        SilentProxy(urlsplit(database_url).port or 0) as proxy,
        make_container(database_url=by_way_of(proxy, database_url), redis_url=redis_url) as box,
        ThreadPoolExecutor(4) as threads,
    ):
        register(box, 1)
        proxy.fall_silent(new_ones_too=True)
        asked = [threads.submit(register, box, salon) for salon in (10, 20, 30)]
        errors = [one.exception() for one in asked]
        assert {type(error) for error in errors} == {DependencyDownError}
        assert len({id(error) for error in errors}) == 3
        proxy.listen_again()
        assert register(box, 40).company.salon_id == 40


def test_a_cut_connection_is_replaced_and_nobody_notices(container: Container, database_url: str) -> None:
    register(container, 1)
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'aiadmin' AND datname = current_database()"
        )
    assert register(container, 2).company.salon_id == 2
    with pytest.raises(SalonTakenError):
        register(container, 2)
