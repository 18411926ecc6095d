"""The whole product as one command, for the tests that run it like that."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.conftest import ROOT, WaitUntil
from tests.support.processes import AS_INSTALLED
from tests.support.processes import start as start_process

STOP_SECONDS = 10
_WHOLE = re.DOTALL | re.MULTILINE


class Up:
    """One `up` (or `demo`), started in a foreign folder, and what it printed.

    Args:
        forks: the processes that it runs are forked, where how they start is not what the test is about.
    """

    def __init__(self, data: Path, port: int, command: str = "up", *, forks: bool = False, **settings: str) -> None:
        found = os.pathsep.join([str(ROOT), AS_INSTALLED["PYTHONPATH"]])
        self.env = {**_kept(), "PYTHONPATH": found, "PORT": str(port), **settings}
        begin = start_process if forks else _start
        self.process = begin(
            "-m",
            "tests.support.forking_up" if forks else "aiadmin",
            command,
            "--data",
            str(data),
            cwd=data.parent,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.port, self.data = port, data
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.lines.extend(line.rstrip() for line in iter(lines.readline, ""))

    @property
    def banner(self) -> str:
        """What it says when it is ready; empty before that."""
        said = self.text
        return said[said.index(" is ready at ") :] if re.search(r" is ready at .*^  stop ", said, _WHOLE) else ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def link(self) -> str:
        return re.search(r"http://\S+/marketplace/connect\?\S+", self.banner)[0]  # type: ignore[index]

    def manage_link(self) -> str:
        return re.search(r"http://\S+/marketplace/manage\?\S+", self.banner)[0]  # type: ignore[index]

    def child(self, part: str) -> psutil.Process | None:
        """The direct child that has `part` in its command line or, where it was forked, is called so."""
        children = psutil.Process(self.process.pid).children()
        return next((child for child in children if part in _words(child)), None)

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


def _start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *arguments], **options)


def _kept() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


def _words(process: psutil.Process) -> str:
    try:
        return " ".join([process.name(), *process.cmdline()])
    except psutil.Error:
        return ""


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; what waits for its parent to notice its end does not."""
    return [process for process in processes if process.is_running() and _status(process) != psutil.STATUS_ZOMBIE]


def _status(process: psutil.Process) -> str:
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return psutil.STATUS_ZOMBIE


def start(up: Up, wait_until: WaitUntil) -> Up:
    """Wait until `up` says that it is ready."""
    wait_until(lambda: up.banner or up.process.poll() is not None, timeout=120, what="ready")
    if not up.banner:
        up.end()
        pytest.fail(up.text)
    return up
