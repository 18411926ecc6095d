"""A web process for a whole module of tests, over a database and a Valkey that are emptied for each of them.

Import the fixtures that a module needs; it adds `address`, for the settings differ.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.support.database import Databases


@pytest.fixture(scope="module")
def module_database_url(databases: Databases) -> Iterator[str]:
    """What the process is connected to."""
    with databases.lend() as url:
        yield url


@pytest.fixture
def database_url(module_database_url: str, databases: Databases) -> str:
    """The process's database without a row; companies get new numbers, as the process may remember the old ones."""
    databases.remove_rows(module_database_url)
    return module_database_url


@pytest.fixture
def redis_url(module_redis_url: str) -> str:
    """The process's Valkey, emptied."""
    with redis.Redis.from_url(module_redis_url) as client:
        client.flushall()
    return module_redis_url
