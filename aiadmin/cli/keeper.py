"""Keeps the embedded servers running: one that dies or freezes is started again where it was, with what it had."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

import click

from aiadmin.adapters.embedded import EmbeddedServer, EmbeddedServerError
from aiadmin.cli.restarts import RESTARTS, failures_after, how_it_ended

HOPELESS_AFTER = 5
"""A server that dies so often in a row will not come up by itself."""
SILENT_AFTER = 10
"""So many questions in a row without an answer, each of which had a second: it is frozen, and nothing else helps."""
RECOVERY_SECONDS = 300.0
"""What PostgreSQL may take to recover a crash before another process is tried."""
_TICK_SECONDS = 0.1
_ASK_SECONDS = 1.0
_REST_SECONDS = 2.0
_STOP_SECONDS = 1.5


@dataclass
class _Kept:
    """One server, tended by a thread of its own: Linux ends a server when the thread that started it ends."""

    label: str
    server: EmbeddedServer
    say: Callable[[str, str], None]
    give_up: Callable[[str], None]
    stopping: threading.Event
    resting: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    failures: int = 0
    falls: int = 0
    is_up: bool = True
    silent: int = 0
    started_at: float = field(default_factory=time.monotonic)
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, name=f"keeper of {self.label}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            while not self.stopping.wait(_TICK_SECONDS):
                trouble = self._trouble()
                if trouble is not None and not self._restart(trouble):
                    break
        except Exception:
            self.give_up(f"{self.server.name} is not tended any more (see above)")
            raise
        finally:
            self.resting.set()
        self.released.wait()

    def stop(self) -> None:
        """Shut the server down, once no other start is under way."""
        self.resting.wait(_REST_SECONDS)
        self.server.stop(_STOP_SECONDS)
        self.released.set()
        self.thread.join()

    def _trouble(self) -> str | None:
        with suppress(OSError):  # whatever became of its log, it is the server that is tended
            self.server.trim_log()
        if not self.server.is_running():
            return f"ended ({how_it_ended(self.server.process.returncode)})"
        if time.monotonic() < self.asked_at + _ASK_SECONDS:
            return None
        self.silent = 0 if self.server.is_answering() else self.silent + 1
        self.asked_at = time.monotonic()
        if self.silent < SILENT_AFTER:
            return None
        self.server.process.kill()
        self.server.process.wait()
        return "does not answer, killed"

    def _restart(self, trouble: str | None) -> bool:
        """Until it is ready again; False where it is given up, or all is to end."""
        fell_at = time.monotonic()
        self.falls, self.is_up = self.falls + 1, False
        while trouble is not None:
            self.failures = failures_after(self.failures, timedelta(seconds=time.monotonic() - self.started_at))
            if self.failures >= HOPELESS_AFTER:
                self.give_up(
                    f"{self.server.name} {trouble}, for the {self.failures}th time; its log is {self.server.log}"
                )
                return False
            delay = RESTARTS.wait(self.failures, random.random()).total_seconds()  # noqa: S311 - guards nothing
            self.say(self.label, f"{trouble}, again in {delay:.1f} s")
            if self.stopping.wait(delay):
                return False
            trouble = self._start()
        self.is_up = True
        if not self.stopping.is_set():
            self.say(self.label, f"is back after {time.monotonic() - fell_at:.1f} s")
        return True

    def _start(self) -> str | None:
        """Start it once; what went wrong, or None when it takes commands, or all is to end."""
        self.started_at, self.silent = time.monotonic(), 0
        try:
            self.server = self.server.launch_again()
        except (EmbeddedServerError, OSError) as error:
            return f"cannot be started ({error})"
        while not self.server.is_ready():
            if not self.server.is_running():
                return f"did not start ({self.server.last_line()})"
            if time.monotonic() > self.started_at + RECOVERY_SECONDS:
                self.server.process.kill()
                self.server.process.wait()
                return f"was not ready after {RECOVERY_SECONDS:.0f} s"
            if self.stopping.wait(_TICK_SECONDS):
                return None
        return None


@dataclass
class ServerKeeper:
    """The servers of one `up`; a context manager that stops them at its end, all at once.

    Attributes:
        say: prints a line of one server.
        give_up: called from another thread with the reason when a server cannot be kept running.
    """

    say: Callable[[str, str], None]
    give_up: Callable[[str], None]
    _stopping: threading.Event = field(default_factory=threading.Event)
    _kept: list[_Kept] = field(default_factory=list)

    def keep(self, label: str, start: Callable[[], EmbeddedServer]) -> str:
        """Start a server and tend it from now on; its URL, which stays.

        Raises:
            click.ClickException: it does not start.
        """
        try:
            server = start()
        except (EmbeddedServerError, OSError) as error:
            raise click.ClickException(str(error)) from error
        self._kept.append(_Kept(label, server, self.say, self.give_up, self._stopping))
        return server.url

    @property
    def falls(self) -> int:
        """How often one of them has died or frozen."""
        return sum(kept.falls for kept in self._kept)

    def is_whole(self) -> bool:
        """Whether none of them is being started again."""
        return all(kept.is_up for kept in self._kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        stops = [threading.Thread(target=kept.stop) for kept in self._kept]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()
