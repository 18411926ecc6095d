"""The name of PostgreSQL's host: looked up in time, or an error, and never by libpq (S3)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from aiadmin.storage.connection import connect
from aiadmin.storage.engine import make_engine
from aiadmin.storage.host_names import RESOLVE_SECONDS, with_addresses

pytestmark = pytest.mark.slow  # what is tried takes seconds of a real clock


def _by_engine(url: str) -> object:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return connection.scalar(text("SELECT 1"))
    finally:
        engine.dispose()


def _by_itself(url: str) -> object:
    connection = connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            [number] = cursor.fetchone() or [None]
            return number
    finally:
        connection.close()


WAYS = pytest.mark.parametrize("way", [_by_engine, _by_itself])


@WAYS
def test_s3_a_name_is_as_good_as_an_address(database_url: str, way: Callable[[str], object]) -> None:
    assert way(database_url.replace("127.0.0.1", "localhost")) == 1


@WAYS
def test_s3_a_silent_resolver_costs_our_own_deadline(
    database_url: str, monkeypatch: pytest.MonkeyPatch, way: Callable[[str], object]
) -> None:
    """A resolver as the system's is when its servers are silent; libpq would ask it in the middle of a connect."""
    is_over = threading.Event()

    def wait(*_some: object, **_more: object) -> list[object]:
        is_over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    began = time.monotonic()
    with pytest.raises((psycopg2.OperationalError, OperationalError), match="no answer from the resolver"):
        way(database_url.replace("127.0.0.1", "db.example"))
    is_over.set()
    assert time.monotonic() - began < RESOLVE_SECONDS + 20


@WAYS
def test_s3_a_name_that_stands_for_nothing_is_an_error(database_url: str, way: Callable[[str], object]) -> None:
    with pytest.raises((psycopg2.OperationalError, OperationalError), match="could not look up"):
        way(database_url.replace("127.0.0.1", "db\u0301..example"))


@pytest.mark.parametrize("host", ["", "/run/postgresql", "@abstract", "127.0.0.1", "::1", "one,two"])
def test_what_needs_no_look_up_is_left_alone(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_some, **_more: pytest.fail("asked"))
    assert with_addresses({"host": host}) == {}
    assert with_addresses({"host": "db", "hostaddr": "127.0.0.1"}) == {}
