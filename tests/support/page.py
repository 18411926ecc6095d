"""A page on the official Socket.IO client, and a web process for it, for tests."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import requests

from aiadmin.adapters.embedded import free_port
from tests.support.processes import AS_INSTALLED, kill_family, start
from tests.support.restarting import LASTING

ROOT = Path(__file__).resolve().parents[2]
CLIENT = Path(__file__).with_name("client.mjs")
WITHIN = 30.0


class _Browser:
    """The process that all pages of a run are in; it ends with ours."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(CLIENT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        LASTING.add(self._process.pid)
        self._pages: dict[int, Page] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()
        atexit.register(self._end)

    def add(self, page: Page) -> int:
        """A page's number, under which it is told what comes."""
        number = next(self._numbers)
        self._pages[number] = page
        return number

    def tell(self, page: int, command: Mapping[str, Any]) -> None:
        """Give a command for a page."""
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"page": page, **command}) + "\n")
            self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "ended" in said:
                self._pages.pop(said["page"]).ended.set()
            elif said["page"] in self._pages:
                self._pages[said["page"]].hear(said["event"], said.get("data"))

    def _end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(WITHIN)
        self._process.stdout.close()


_browser = cache(_Browser)


class Page:
    """One socket of one browser; `heard` is everything that came and was not waited for, oldest first."""

    opened: ClassVar[list[Page]] = []

    def __init__(self, url: str, token: str | None, **options: Any) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.ended = threading.Event()
        self._news = threading.Condition()
        self._number = _browser().add(self)
        self._tell({"open": {"url": url, "token": token, **options}})
        self.opened.append(self)

    def hear(self, event: str, data: Any) -> None:
        """Something came."""
        with self._news:
            self.heard.append((event, data))
            self._news.notify_all()

    def wait_for(
        self, event: str, matches: Callable[[Any], bool] = lambda _data: True, within: float = WITHIN
    ) -> Any:
        """The data of the first `event` that `matches`; what came before is forgotten."""
        deadline = time.monotonic() + within
        with self._news:
            while True:
                for index, (name, data) in enumerate(self.heard):
                    if name == event and matches(data):
                        del self.heard[: index + 1]
                        return data
                if not self._news.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no {event} within {within} s, but {self.heard}")

    def wait_for_state(self, state: str, within: float = WITHIN) -> Any:
        """The data of the next `status` of this state."""
        return self.wait_for("status", lambda data: data["state"] == state, within)

    def events(self) -> list[str]:
        """The names of what came and was not waited for."""
        with self._news:
            return [event for event, _ in self.heard]

    def emit(self, event: str, data: Any = None) -> None:
        """Send an event."""
        self._tell({"event": event} if data is None else {"event": event, "data": data})

    def leave(self) -> None:
        """Close the socket as a page does."""
        self._tell({"close": True})

    def close(self) -> None:
        """End the browser: its connection breaks, and nothing is said."""
        if not self.ended.is_set():
            self._tell({"end": True})
            assert self.ended.wait(WITHIN)

    def _tell(self, command: Mapping[str, Any]) -> None:
        _browser().tell(self._number, command)


@contextmanager
def web_process(settings: Mapping[str, str], log: Path) -> Iterator[str]:
    """The web process as the Procfile starts it; yields its address."""
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
        "--graceful-timeout",
        "1",
    ]
    with log.open("w") as output:
        process = start(
            *command,
            "--no-control-socket",
            "wsgi:app",
            cwd=ROOT,
            env={**os.environ, **AS_INSTALLED, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_up(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            kill_family(process)


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90  # it takes a second or two on a quiet machine
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/health", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError(log.read_text())
