"""Runs several processes as one: restarts what dies, labels what they print, stops all of them in time."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aiadmin.adapters.embedded.server import die_with_parent
from aiadmin.cli.output import Output
from aiadmin.cli.restarts import RESTARTS, failures_after, how_it_ended

STOP_SECONDS = 6.5
"""What processes get to stop by themselves; the embedded servers need the rest of the ten seconds."""
HOPELESS_AFTER = 4
"""A process that dies so often before anything was ready will not come up by itself."""
_TICK_SECONDS = 0.1


@dataclass
class Child:
    """One line of the Procfile and the process that runs it now."""

    name: str
    command: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_at: float = 0.0

    def is_running(self) -> bool:
        """Whether its process is there and has not ended."""
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """Keeps `commands` (by name, each a shell command line) running in `cwd` with `env` until `stop` is set."""

    commands: Mapping[str, str]
    env: Mapping[str, str]
    cwd: Path
    output: Output
    stop: threading.Event = field(default_factory=threading.Event)
    settled: threading.Event = field(default_factory=threading.Event)
    """Set once everything was ready; before that, a process that keeps dying ends the whole."""
    later: Collection[str] = ()
    """Names of those that start only then: no other process waits for them, and they would slow it down."""

    def __post_init__(self) -> None:
        self.children = [Child(name=name, command=command) for name, command in self.commands.items()]

    def run(self) -> str | None:
        """Start everything and watch it; returns after `stop`, with everything down.

        Returns:
            The name of the process that would not come up, or None.
        """
        try:
            while not self.stop.is_set():
                for child in self.children:
                    self._tend(child, time.monotonic())
                    if child.failures >= HOPELESS_AFTER and not self.settled.is_set():
                        return child.name
                self.stop.wait(_TICK_SECONDS)
            return None
        finally:
            self._stop_all()

    def _tend(self, child: Child, now: float) -> None:
        if child.is_running():
            return
        if child.process is not None:
            self._note_death(child, child.process, now)
        elif now >= child.start_at and (self.settled.is_set() or child.name not in self.later):
            self._start(child, now)

    def _note_death(self, child: Child, process: subprocess.Popen[bytes], now: float) -> None:
        _kill_group(process)  # what it left behind may hold its port
        child.process = None
        self._postpone(child, f"ended ({how_it_ended(process.returncode)})", now)

    def _postpone(self, child: Child, trouble: str, now: float) -> None:
        child.failures = failures_after(child.failures, timedelta(seconds=now - child.started_at))
        delay = RESTARTS.wait(child.failures, random.random()).total_seconds()  # noqa: S311 - guards nothing
        child.start_at = now + delay
        self.output.say(child.name, f"{trouble}, again in {delay:.1f} s")

    def _start(self, child: Child, now: float) -> None:
        child.started_at = now
        try:
            child.process = self._spawn(child.command)
        except OSError as error:  # no memory, no process to be had: that passes
            self._postpone(child, f"cannot be started ({error.strerror})", now)
        else:
            self.output.follow(child.name, child.process)

    def _spawn(self, command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            cwd=self.cwd,
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is ours to pass on
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call that takes no lock
        )

    def _stop_all(self) -> None:
        """SIGTERM to each, then SIGKILL to the whole process group of whatever is left, at one deadline for all."""
        running = [child.process for child in self.children if child.process is not None and child.is_running()]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            _wait_or_kill(process, deadline)
        self.output.finish()


def _wait_or_kill(process: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        _kill_group(process)
        process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
