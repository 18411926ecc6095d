"""`python -m aiadmin up`, as a newcomer runs it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from aiadmin.cli.home import parse_env
from tests.conftest import ROOT, WaitUntil

STOP_SECONDS = 10


class Up:
    """One `up`, started in a foreign folder, and what it printed."""

    def __init__(self, data: Path, port: int, **settings: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aiadmin", "up", "--data", str(data)],
            cwd=data.parent,
            env={**kept, "PYTHONPATH": str(ROOT), "PORT": str(port), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.port = port
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.lines.extend(line.rstrip() for line in iter(lines.readline, ""))

    @property
    def ready_line(self) -> str:
        return next((line for line in self.lines if re.match(r"ready +\| ", line)), "")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def link(self) -> str:
        return re.search(r"http://\S+/marketplace/connect\?\S+", self.ready_line)[0]  # type: ignore[index]

    def child(self, part: str) -> psutil.Process | None:
        """The direct child that has `part` in its command line."""
        children = psutil.Process(self.process.pid).children()
        return next((child for child in children if part in " ".join(_command(child))), None)

    def is_ready(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/ready", timeout=3).ok
        except requests.RequestException:
            return False

    def end(self, number: signal.Signals = signal.SIGINT) -> float:
        """Stop it; how many seconds that took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(STOP_SECONDS + 10)
        took = time.monotonic() - began
        self._reader.join()
        return took


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder in a folder with a space, which PostgreSQL's account may enter."""
    top = Path(tempfile.mkdtemp(prefix="aiadmin up "))
    top.chmod(0o755)
    yield top / "data"
    shutil.rmtree(top)


@pytest.fixture
def started() -> Iterator[list[Up]]:
    """What a test starts; stopped at its end, whatever happened."""
    ups: list[Up] = []
    yield ups
    for up in ups:
        up.end()


def _start(started: list[Up], wait_until: WaitUntil, data: Path, port: int) -> Up:
    up = Up(data, port)
    started.append(up)
    wait_until(lambda: up.ready_line or up.process.poll() is not None, timeout=60, what="ready")
    assert up.ready_line, up.text
    return up


def test_up_is_ready_stops_in_time_and_finds_its_data_again(
    data: Path, started: list[Up], free_port: int, wait_until: WaitUntil
) -> None:
    first = _start(started, wait_until, data, free_port)
    page = requests.get(first.link(), timeout=5)
    assert page.status_code == 200
    assert str(data) in first.ready_line
    assert stat.S_IMODE((data / "secrets.env").stat().st_mode) == 0o600
    secrets = parse_env((data / "secrets.env").read_text())
    below = psutil.Process(first.process.pid).children(recursive=True)
    assert first.end(signal.SIGINT) < STOP_SECONDS
    assert first.process.returncode == 0
    assert not [process for process in below if process.is_running()]

    second = _start(started, wait_until, data, free_port)
    assert parse_env((data / "secrets.env").read_text()) == secrets
    assert "company=1&" in second.link(), "the demo salon is the one of the first run"
    assert requests.get(second.link(), timeout=5).status_code == 200
    assert second.end(signal.SIGTERM) < STOP_SECONDS


def test_a_killed_process_is_started_again(
    data: Path, started: list[Up], free_port: int, wait_until: WaitUntil
) -> None:
    up = _start(started, wait_until, data, free_port)
    for part in ("gunicorn", "worker.py jobs", "worker.py sessions", "worker.py clock"):
        killed = wait_until(lambda part=part: up.child(part), what=part)
        killed.kill()
        wait_until(lambda part=part, killed=killed: up.child(part) not in {None, killed}, timeout=15, what=part)
    wait_until(up.is_ready, timeout=30, what="ready again")


def test_killing_up_leaves_nothing_behind(
    data: Path, started: list[Up], free_port: int, wait_until: WaitUntil
) -> None:
    up = _start(started, wait_until, data, free_port)
    below = psutil.Process(up.process.pid).children(recursive=True)
    assert len(below) > 5
    up.process.kill()
    wait_until(lambda: not [p for p in below if p.is_running() and p.status() != psutil.STATUS_ZOMBIE], timeout=15)


def test_a_port_in_use_is_a_clear_error(data: Path, started: list[Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = Up(data, port)
        started.append(up)
        assert up.process.wait(20) == 1
        up.end()
    assert up.text.startswith(f"Error: port {port} is not free")
    assert f"PORT={port + 1} make run" in up.text


def test_a_second_up_on_the_same_data_is_refused(
    data: Path, started: list[Up], free_port: int, wait_until: WaitUntil
) -> None:
    _start(started, wait_until, data, free_port)
    other = Up(data, free_port + 1)
    started.append(other)
    assert other.process.wait(20) == 1
    other.end()
    assert "running already" in other.text


def test_production_without_secrets_is_refused_in_one_line_before_anything_starts(
    data: Path, started: list[Up], free_port: int
) -> None:
    up = Up(data, free_port, APP_ENV="production")
    started.append(up)
    assert up.process.wait(20) == 1
    up.end()
    assert re.fullmatch(r"Error: JWT_SECRET, ADMIN_API_KEY, .* must be set .*", up.text)
    assert not (data / "postgres").exists()
    assert not (data / "secrets.env").exists()
