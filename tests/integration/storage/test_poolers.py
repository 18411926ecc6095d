"""Poolers in front of PostgreSQL (W14): recognised, refused in words, and no clock leads through one."""

from __future__ import annotations

import itertools

import psycopg2
import pytest
from click.testing import Result

from aiadmin.domain.errors import DependencyDownError
from aiadmin.storage import session_check
from aiadmin.storage.engine import make_engine
from aiadmin.storage.leadership import Leadership
from tests.support.commands import run_command
from tests.support.pooler import Mode, Pooler
from tests.support.silence import by_way_of

pytestmark = pytest.mark.process

WORDS = {
    Mode.TRANSACTION: "a pooler hands each transaction to another session",
    Mode.REFUSING: "unsupported startup parameter: options",
    Mode.FORGETFUL: "a pooler drops what a session is opened with: statement_timeout is 0",
}


@pytest.fixture(params=Mode)
def mode(request: pytest.FixtureRequest) -> Mode:
    assert isinstance(request.param, Mode)
    return request.param


def _run(command: str, database_url: str) -> Result:
    settings = {"DATABASE_URL": database_url, "REDIS_URL": "redis://127.0.0.1:1/0", "JWT_SECRET": "x" * 32}
    return run_command(command, **settings)


def test_a_direct_connection_is_one_of_our_own(database_url: str) -> None:
    assert session_check.require(database_url) >= 14_00_00


def test_s11_w14_migrate_and_doctor_say_what_the_pooler_does_and_what_to_do(database_url: str, mode: Mode) -> None:
    with Pooler(database_url, mode) as pooler:
        url = by_way_of(pooler, database_url)
        migrated, examined = _run("migrate", url), _run("doctor", url)
    assert (migrated.exit_code, len(migrated.stderr.splitlines())) == (1, 1), migrated.stderr
    assert WORDS[mode] in migrated.stderr
    lines = examined.stdout.splitlines()
    (line, fix) = next(pair for pair in itertools.pairwise(lines) if pair[0].startswith("FAIL PostgreSQL"))
    assert WORDS[mode] in line
    assert "session mode (Supabase: port 5432, not 6543)" in fix


def test_s11_w14_of_two_clocks_behind_a_pooler_in_transaction_mode_at_most_one_leads(database_url: str) -> None:
    with Pooler(database_url, Mode.TRANSACTION) as pooler:
        engines = [make_engine(by_way_of(pooler, database_url), pool_size=2) for _ in range(2)]
        clocks = [Leadership(engine) for engine in engines]
        led: list[int] = []
        refused: list[str] = []
        for _ in range(6):
            leads = 0
            for clock in clocks:
                try:
                    leads += clock.is_held()
                except DependencyDownError as error:
                    refused.append(str(error))
            led.append(leads)
        for clock in clocks:
            clock.give_up()
        for engine in engines:
            engine.dispose()
    assert max(led) <= 1, led
    assert refused
    assert all("connect without a pooler" in words for words in refused)


def test_a_clock_that_comes_upon_another_session_leads_no_longer(database_url: str) -> None:
    with Pooler(database_url, Mode.TRANSACTION) as pooler:
        url = by_way_of(pooler, database_url)
        engine = make_engine(url, pool_size=2)
        clock = Leadership(engine)
        assert clock.is_held()
        with psycopg2.connect(url) as other, other.cursor() as cursor:
            cursor.execute("SELECT 1")  # its transaction keeps the session that the clock has used
            with pytest.raises(DependencyDownError, match="not ours alone"):
                clock.is_held()
        other.close()
        clock.give_up()
        engine.dispose()
