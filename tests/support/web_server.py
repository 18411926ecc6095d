"""The web process as it runs in production: gunicorn with gevent, one worker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from aiadmin.adapters.embedded import free_port
from tests.conftest import ROOT, WaitUntil
from tests.support.processes import AS_INSTALLED, kill_family, start


@contextmanager
def running(wait_until: WaitUntil, log: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """The address of a server with `settings`; its log is in `log`. It is killed at the end."""
    port = free_port()
    command = [
        "-m",
        "gunicorn",
        "-k",
        "aiadmin.edge.worker.EdgeWorker",
        "-w",
        "1",
        "-b",
        f"127.0.0.1:{port}",
    ]
    command += ["--graceful-timeout", "2", "--no-control-socket", "wsgi:app"]
    with log.open("wb") as output:
        process = start(*command, cwd=ROOT, env=_environment(settings), stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(address) or process.poll() is not None, timeout=90, what="the server answers")
        assert process.poll() is None, log.read_text()
        yield address
    finally:
        kill_family(process)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | AS_INSTALLED | dict(settings)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=1).ok
    except requests.RequestException:
        return False
