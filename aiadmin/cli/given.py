"""Whether the PostgreSQL and the Redis that the settings name answer, found out before anything waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import click
import psycopg2
import redis

from aiadmin.adapters.redis.client import IMPATIENT_SECONDS, make_redis
from aiadmin.config import Config

ANSWER_SECONDS = 3
_TRIES = 3


def check_given(config: Config, env: Mapping[str, str]) -> None:
    """Ask each server that `env` names; those that it does not name are started later.

    Raises:
        click.ClickException: one does not answer within seconds, or refuses.
    """
    if "DATABASE_URL" in env:
        _check_postgres(config)
    if "REDIS_URL" in env:
        _check_redis(config)


def _check_postgres(config: Config) -> None:
    try:
        psycopg2.connect(config.database_url, connect_timeout=ANSWER_SECONDS).close()
    except psycopg2.OperationalError as error:
        raise _silent("PostgreSQL", "DATABASE_URL", _first_line(error)) from error
    except psycopg2.Error as error:  # of what cannot be read the whole would be quoted, with its password
        raise _silent("PostgreSQL", "DATABASE_URL", type(error).__name__) from error


def _check_redis(config: Config) -> None:
    try:
        with make_redis(config.redis_url, read_timeout=IMPATIENT_SECONDS) as client:
            _ping(client)
    except (redis.RedisError, ValueError) as error:
        raise _silent("Redis", "REDIS_URL", _first_line(error)) from error


def _ping(client: redis.Redis) -> None:
    """One answer is enough; each question has half a second."""
    for _ in range(_TRIES - 1):
        with suppress(redis.TimeoutError):
            client.ping()
            return
    client.ping()


def _silent(name: str, setting: str, why: str) -> click.ClickException:
    return click.ClickException(
        f"{name} does not answer ({why}): start it, or correct {setting}; without {setting} one is started here"
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
