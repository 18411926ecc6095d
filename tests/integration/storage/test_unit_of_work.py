"""The unit of work: what is not committed is not done, and a database that is away is said to be."""

from __future__ import annotations

import psycopg2
import pytest

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.errors import (
    DependencyDownError,
)
from tests.support.linked_salons import register


def test_leaving_without_a_commit_rolls_back(container: Container) -> None:
    company_id = register(container).company.company_id
    with container.uow() as work:
        work.companies.set_unlinked(company_id)
        work.companies.set_status(company_id, IntegrationStatus.ACTIVE)
    with container.uow() as work:
        assert work.companies.get(company_id).integration_status is IntegrationStatus.PENDING


def test_a_database_that_is_away_is_a_dependency_down_and_comes_back(
    container: Container, database_url: str, free_port: int
) -> None:
    away = Container(
        Config(
            database_url=f"postgresql://a:b@127.0.0.1:{free_port}/x",
            redis_url="redis://127.0.0.1:1",
            jwt_secret="s" * 32,
        )
    )
    with pytest.raises(DependencyDownError, match="PostgreSQL"), away.uow() as work:
        work.companies.stats()
    away.engine.dispose()
    with container.uow() as work:
        work.companies.stats()
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'aiadmin' AND datname = current_database()"
        )
    connection.close()
    with container.uow() as work:
        assert work.companies.stats().total == 0
