"""The keeper of the embedded servers, on the real ones."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
import psutil
import psycopg2
import pytest
import redis

from aiadmin.adapters import embedded
from aiadmin.cli import keeper
from tests.acceptance.cli.running import alive
from tests.conftest import WaitUntil

pytestmark = pytest.mark.process

STARTS = {"postgres": embedded.start_postgres, "valkey": embedded.start_valkey}
PHONE = "79005550088"
EACH = pytest.mark.parametrize("label", STARTS)


@dataclass
class Kept:
    """Servers under a keeper, and what it said of them."""

    folder: Path
    cluster: Path
    lines: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    _keeper: keeper.ServerKeeper | None = None

    def start(self, *labels: str) -> None:
        self._keeper = keeper.ServerKeeper(
            lambda label, line: self.lines.append(f"{label}: {line}"), self.given_up.append
        )
        if "postgres" in labels:
            subprocess.run(["cp", "-a", self.cluster, self.folder / "postgres"], check=True)
        for label in labels:
            self.urls[label] = self._keeper.keep(label, partial(STARTS[label], self.folder / label))

    def process(self, label: str) -> psutil.Process:
        """The server's main process now."""
        assert self._keeper is not None
        return psutil.Process(next(one.server.pid for one in self._keeper._kept if one.label == label))

    def kill(self, label: str) -> None:
        """One that has just ended by itself is as dead."""
        with suppress(psutil.NoSuchProcess):
            self.process(label).kill()

    def is_back(self, label: str, times: int = 1) -> bool:
        return sum(line.startswith(f"{label}: is back") for line in self.lines) >= times

    def end(self) -> float:
        """How long it takes to stop all."""
        began = time.monotonic()
        if self._keeper is not None:
            self._keeper.__exit__(None, None, None)
        return time.monotonic() - began

    def write(self, label: str) -> None:
        if label == "postgres":
            self.ask("CREATE TABLE kept AS SELECT 42 AS answer")
        else:
            with redis.Redis.from_url(self.urls[label]) as client:
                client.set("kept", 42)
                client.execute_command("WAITAOF", 1, 0, 5000)

    def read(self, label: str) -> int:
        if label == "postgres":
            return int(self.ask("SELECT answer FROM kept") or 0)
        with redis.Redis.from_url(self.urls[label]) as client:
            return int(client.get("kept"))

    def ask(self, statement: str, *values: object) -> object:
        with closing(psycopg2.connect(self.urls["postgres"])) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                row = cursor.fetchone() if cursor.description else None
                return row[0] if row else None


@pytest.fixture(scope="module")
def durable(server_dir: Path) -> Path:
    """The folder of a PostgreSQL that was made and stopped: copying it takes a tenth of making one."""
    embedded.start_postgres(server_dir / "kept").stop()
    return server_dir / "kept"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, durable: Path) -> Iterator[Kept]:
    """Servers of this test's own, in a folder that PostgreSQL's account may enter."""
    monkeypatch.setattr(keeper, "SILENT_AFTER", 2)
    monkeypatch.setattr(keeper, "HOPELESS_AFTER", 3)
    top = Path(tempfile.mkdtemp(prefix="aiadmin kept "))
    top.chmod(0o755)
    servers = Kept(top, durable)
    yield servers
    servers.end()
    shutil.rmtree(top)


def _port(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


def test_s4_killed_servers_are_back_on_their_ports_with_their_data(kept: Kept, wait_until: WaitUntil) -> None:
    """Ports below those of outgoing connections: a client that knocks at a server which is away may be given the
    very port that it knocks at."""
    kept.start(*STARTS)
    assert all(20_000 <= _port(url) < 32_768 for url in kept.urls.values())
    for label in STARTS:
        kept.write(label)
    for label in STARTS:
        kept.kill(label)
    wait_until(lambda: all(map(kept.is_back, STARTS)), timeout=30, what=str(kept.lines))
    assert [kept.read(label) for label in STARTS] == [42, 42]
    assert all(
        any(line.startswith(f"{label}: ended (SIGKILL), again in 0.") for line in kept.lines) for label in STARTS
    )
    assert not kept.given_up


@EACH
def test_s4_a_frozen_server_is_killed_and_started_again(label: str, kept: Kept, wait_until: WaitUntil) -> None:
    kept.start(label)
    kept.write(label)
    frozen = kept.process(label)
    frozen.suspend()
    wait_until(lambda: kept.is_back(label), timeout=40, what=str(kept.lines))
    assert kept.lines[0].startswith(f"{label}: does not answer, killed, again in")
    assert kept.read(label) == 42


def test_a_frozen_server_holds_up_no_end(kept: Kept) -> None:
    kept.start("valkey")
    kept.process("valkey").suspend()
    assert kept.end() < 5


def test_connections_that_outlive_their_server_do_not_keep_it_from_coming_back(
    kept: Kept, wait_until: WaitUntil
) -> None:
    """One that is at work, or frozen, does not notice its server's end, and holds the shared memory."""
    kept.start("postgres")
    kept.write("postgres")
    with closing(psycopg2.connect(kept.urls["postgres"])) as connection:
        left = psutil.Process(connection.info.backend_pid)
        left.suspend()
        kept.kill("postgres")
        wait_until(lambda: kept.is_back("postgres"), timeout=30, what=str(kept.lines))
    assert not alive([left])
    assert kept.read("postgres") == 42


@EACH
def test_the_mark_of_a_running_server_may_be_gone(label: str, kept: Kept, wait_until: WaitUntil) -> None:
    kept.start(label)
    kept.write(label)
    mark = {"postgres": "pgdata/postmaster.pid", "valkey": "valkey.pid"}[label]
    (kept.folder / label / mark).unlink()
    kept.kill(label)
    wait_until(lambda: kept.is_back(label), timeout=30, what=str(kept.lines))
    assert kept.read(label) == 42


@EACH
def test_a_port_that_somebody_takes_meanwhile_is_waited_for(
    label: str, kept: Kept, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "HOPELESS_AFTER", 20)
    kept.start(label)
    kept.write(label)
    kept.kill(label)

    def taken() -> socket.socket | None:
        try:
            return socket.create_server(("127.0.0.1", _port(kept.urls[label])))
        except OSError:
            return None

    with wait_until(taken, what="the port is ours"):
        wait_until(lambda: any("did not start" in line for line in kept.lines), timeout=30, what=str(kept.lines))
    wait_until(lambda: kept.is_back(label), timeout=40, what=str(kept.lines))
    assert kept.read(label) == 42


def test_a_server_that_dies_again_and_again_is_given_up(kept: Kept, wait_until: WaitUntil) -> None:
    kept.start("valkey")
    for times in range(1, 3):
        kept.kill("valkey")
        wait_until(lambda times=times: kept.is_back("valkey", times), timeout=30, what=str(kept.lines))
    kept.kill("valkey")
    wait_until(lambda: kept.given_up, timeout=10, what="given up")
    assert "ended (SIGKILL), for the 3th time; its log is" in kept.given_up[0]
    assert len(kept.given_up) == 1


@EACH
def test_a_server_whose_data_are_gone_is_given_up_and_never_begins_anew(
    label: str, kept: Kept, wait_until: WaitUntil
) -> None:
    """An empty database in place of the old one would look as if all were well."""
    kept.start(label)
    shutil.rmtree(kept.folder / label)
    kept.kill(label)
    wait_until(lambda: kept.given_up, timeout=30, what=str(kept.lines))
    assert not (kept.folder / label / "pgdata" / "PG_VERSION").exists()
    assert not kept.is_back(label)


def test_one_that_never_starts_is_a_clear_error(kept: Kept) -> None:
    kept.folder.joinpath("valkey").write_text("not a folder")
    with pytest.raises(click.ClickException, match="valkey"):
        kept.start("valkey")


@EACH
def test_its_log_never_becomes_longer_than_its_bound(
    label: str, kept: Kept, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.start(label)
    log = kept.folder / label / "server.log"
    with log.open("ab") as more:
        more.write(b"much ado\n" * 600_000)
    wait_until(lambda: log.stat().st_size < 1_000_000, what="it was cut")
    assert "much ado" in log.with_suffix(".log.1").read_text(errors="replace")
    kept.process(label).send_signal(signal.SIGTERM)
    wait_until(lambda: kept.is_back(label), timeout=30, what=str(kept.lines))
    said = log.read_bytes()
    assert b"shut" in said.lower()
    assert b"\0" not in said, "the server goes on at the new end, not at the old one"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO people VALUES (%s)",
        "SELECT %s::text FROM nowhere",
        "SELECT ('x' || %s)::bigint",
        "SELECT %s, 1 / 0",
        "SET statement_timeout = 50; SELECT %s, pg_sleep(5)",
        "DO $$ BEGIN RAISE WARNING 'look: %%', %s; END $$",
    ],
)
def test_postgres_log_holds_nothing_of_a_statement_that_fails(
    postgres_server: embedded.EmbeddedServer, statement: str
) -> None:
    """psycopg2 puts parameters into the statement, and the statement would be in the log in clear."""
    with closing(psycopg2.connect(postgres_server.url)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE people (phone text PRIMARY KEY)")
        cursor.execute("INSERT INTO people VALUES (%s)", [PHONE])
        if "WARNING" in statement:
            cursor.execute(statement, [PHONE])
        else:
            with pytest.raises(psycopg2.Error):
                cursor.execute(statement, [PHONE])
    assert PHONE not in postgres_server.log.read_text(errors="replace")


def test_postgres_log_holds_nothing_of_a_statement_whose_process_is_killed(kept: Kept, wait_until: WaitUntil) -> None:
    kept.start("postgres")
    connection = psycopg2.connect(kept.urls["postgres"])
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT %s", [PHONE])
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        log = kept.folder / "postgres" / "server.log"
        wait_until(lambda: "terminated by signal 9" in log.read_text(errors="replace"), what="it is in the log")
        assert PHONE not in log.read_text(errors="replace")
