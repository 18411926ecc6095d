"""How the library is told to connect, and when nameless keys are deleted."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import pytest

from aiadmin.adapters.embedded.postgres import MAX_CONNECTIONS
from aiadmin.adapters.whatsapp.store import IDLE_SECONDS, dsn
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.circuit_breaker import FLEET_STARTS_PER_SECOND
from aiadmin.hosting import orphan_keys
from aiadmin.hosting.orphan_keys import OrphanKeys


def test_the_library_gets_our_database_its_schema_and_connections_that_close_when_idle() -> None:
    parts = urlsplit(dsn("postgresql://user:p%40ss@db.example:5433/salons", "host-1"))
    assert (parts.scheme, parts.netloc, parts.path) == ("postgres", "user:p%40ss@db.example:5433", "/salons")
    assert parse_qs(parts.query) == {
        "sslmode": ["prefer"],
        "connect_timeout": ["5"],
        "search_path": ["wa_store"],
        "idle_session_timeout": ["1000"],
        "statement_timeout": ["15000"],
        "tcp_keepalives_idle": ["10"],
        "tcp_keepalives_interval": ["5"],
        "tcp_keepalives_count": ["3"],
        "application_name": ["host-1"],
    }


@pytest.mark.parametrize("left_open", ["", "?sslmode=prefer", "?sslmode=allow"])
def test_the_library_is_told_what_the_server_does_where_the_url_leaves_it_open(left_open: str) -> None:
    """lib/pq leaves a connection open each time that it has to find out; a server without TLS ran out of them."""
    url = f"postgresql://u:p@db/x{left_open}"
    told = {answer: parse_qs(urlsplit(dsn(url, "host-1", is_encrypted=answer)).query) for answer in (True, False)}
    assert {answer: one["sslmode"] for answer, one in told.items()} == {True: ["require"], False: ["disable"]}


@pytest.mark.parametrize("mode", ["disable", "require", "verify-ca", "verify-full"])
@pytest.mark.parametrize("is_encrypted", [True, False, None])
def test_what_the_url_demands_stays_whatever_the_server_does(mode: str, is_encrypted: bool | None) -> None:
    told = dsn(f"postgresql://u:p@db/x?sslmode={mode}", "host-1", is_encrypted=is_encrypted)
    assert parse_qs(urlsplit(told).query)["sslmode"] == [mode]


def test_a_fleet_that_starts_at_its_fastest_leaves_connections_to_everybody_else() -> None:
    """A start leaves two idle ones; 200 connections started 30 s ago were all that PostgreSQL takes."""
    left_idle = 2 * FLEET_STARTS_PER_SECOND * IDLE_SECONDS
    assert left_idle <= 0.6 * MAX_CONNECTIONS


def test_the_urls_tls_settings_win_and_what_only_our_driver_knows_is_left_out() -> None:
    """The library sends an unknown setting to the server, which then refuses the connection."""
    given = "postgresql://u:p@db/x?sslmode=verify-full&sslrootcert=/ca.pem&channel_binding=require&search_path=evil"
    settings = parse_qs(urlsplit(dsn(given, "host-1")).query)
    assert settings["sslmode"] == ["verify-full"]
    assert settings["sslrootcert"] == ["/ca.pem"]
    assert settings["search_path"] == ["wa_store"]
    assert "channel_binding" not in settings


class Keys:
    """A key store with nameless keys."""

    dsn = ""

    def __init__(self, orphans: set[str]) -> None:
        self.orphans, self.is_down = orphans, False

    def exists(self, jid: str) -> bool:
        return jid in self.orphans

    def delete(self, jid: str) -> bool:
        return False

    def orphan_jids(self) -> frozenset[str]:
        if self.is_down:
            raise DependencyDownError("PostgreSQL")
        return frozenset(self.orphans)

    def delete_orphans(self, jids: Iterable[str]) -> int:
        before = len(self.orphans)
        self.orphans -= set(jids)
        return before - len(self.orphans)


@pytest.fixture
def minutes(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock of minutes that the test sets: `minutes[0] = 10`."""
    now = [1.0]
    monkeypatch.setattr(orphan_keys.time, "monotonic", lambda: now[0] * 60)
    return now


def test_keys_that_were_nameless_for_ten_minutes_are_deleted_and_younger_ones_are_not(minutes: list[float]) -> None:
    keys = Keys({"old"})
    orphans = OrphanKeys(keys)
    orphans.sweep()
    minutes[0] = 6
    keys.orphans.add("a pairing that ends just now")
    orphans.sweep()
    minutes[0] = 12
    orphans.sweep()
    assert keys.orphans == {"a pairing that ends just now"}


def test_an_outage_begins_the_ten_minutes_anew(minutes: list[float]) -> None:
    keys = Keys({"of a pairing whose commit waits for PostgreSQL"})
    orphans = OrphanKeys(keys)
    orphans.sweep()
    keys.is_down, minutes[0] = True, 6
    orphans.sweep()
    keys.is_down, minutes[0] = False, 12
    orphans.sweep()
    minutes[0] = 18
    orphans.sweep()
    assert keys.orphans
    minutes[0] = 23
    orphans.sweep()
    assert not keys.orphans
