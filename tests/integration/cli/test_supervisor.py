"""The supervisor, on real processes."""

from __future__ import annotations

import io
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import psutil
import pytest

from aiadmin.cli import supervisor
from aiadmin.cli.output import Output
from aiadmin.cli.supervisor import Supervisor
from tests.conftest import WaitUntil

pytestmark = pytest.mark.slow  # what is tried takes seconds of a real clock

PYTHON = shlex.quote(sys.executable)
SLEEPS = f"{PYTHON} -c 'import time; print(\"up\", flush=True); time.sleep(60)'"
STUBBORN = (
    f"{PYTHON} -c 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    ' print("up", flush=True); time.sleep(60)\''
)
Run = Callable[..., "Running"]


class Running:
    """A supervisor at work in a thread, and what it printed."""

    def __init__(self, commands: dict[str, str], folder: Path, later: Collection[str]) -> None:
        self.stream = io.StringIO()
        output = Output(width=6, stream=self.stream)
        self.supervisor = Supervisor(commands=commands, env=dict(os.environ), cwd=folder, output=output, later=later)
        self.hopeless: str | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.hopeless = self.supervisor.run()

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()

    def pid(self, name: str) -> int | None:
        child = next(child for child in self.supervisor.children if child.name == name)
        return child.process.pid if child.process is not None and child.is_running() else None

    def end(self) -> float:
        """Stop it; how many seconds that took."""
        began = time.monotonic()
        self.supervisor.stop.set()
        self._thread.join()
        return time.monotonic() - began

    def join(self) -> None:
        self._thread.join(20)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start a supervisor in a folder with a space; it is stopped at the end."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    started: list[Running] = []

    def start(later: Collection[str] = (), **commands: str) -> Running:
        started.append(Running(commands, folder, later))
        return started[-1]

    yield start
    for running in started:
        running.end()


def test_each_line_stands_behind_the_name_of_its_process(run: Run, wait_until: WaitUntil) -> None:
    running = run(web=SLEEPS, worker=SLEEPS)
    wait_until(lambda: len(running.lines) >= 2, what="both are up")
    assert sorted(running.lines) == ["web    | up", "worker | up"]


def test_a_killed_process_is_started_again_and_the_others_stay(run: Run, wait_until: WaitUntil) -> None:
    running = run(web=SLEEPS, worker=SLEEPS)
    killed, stays = wait_until(lambda: running.pid("web")), wait_until(lambda: running.pid("worker"))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: running.pid("web") not in {killed, None}, what="another process")
    assert running.pid("worker") == stays
    assert any("ended (SIGKILL), again in 0." in line for line in running.lines)


def test_what_a_killed_process_left_behind_is_ended_before_the_restart(
    run: Run, wait_until: WaitUntil, tmp_path: Path
) -> None:
    """A server's orphaned child may hold its port."""
    note = tmp_path / "orphan"
    running = run(web=f"sh -c 'sleep 61 & echo $! > {note}; wait'")
    wait_until(lambda: note.exists() and note.read_text().strip(), what="the child runs")
    orphan = psutil.Process(int(note.read_text()))
    os.kill(wait_until(lambda: running.pid("web")), signal.SIGKILL)
    wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE, what="the orphan is gone")


def test_everything_is_down_in_time_even_what_ignores_sigterm(
    run: Run, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 2.0)
    running = run(web=STUBBORN, worker=STUBBORN, clock=SLEEPS)
    wait_until(lambda: len(running.lines) >= 3, what="all are up")
    assert 2.0 <= running.end() < 2.0 + 1
    assert all(running.pid(name) is None for name in ("web", "worker", "clock"))


def test_a_process_that_never_comes_up_ends_the_whole_and_is_named(run: Run) -> None:
    running = run(web=SLEEPS, worker="sh -c 'echo no settings; exit 3'")
    running.join()
    assert running.hopeless == "worker"
    assert running.pid("web") is None
    assert any("ended (exit code 3)" in line for line in running.lines)


def test_what_nobody_waits_for_starts_when_all_is_ready(run: Run, wait_until: WaitUntil) -> None:
    running = run(web=SLEEPS, clock=SLEEPS, later=("clock",))
    wait_until(lambda: running.lines == ["web    | up"], what="the first is up")
    running.supervisor.settled.set()
    wait_until(lambda: "clock  | up" in running.lines, what="the other is up")


def test_once_all_was_ready_no_failure_ends_the_whole(run: Run, wait_until: WaitUntil) -> None:
    running = run(worker="sh -c 'exit 3'")
    running.supervisor.settled.set()
    wait_until(lambda: sum("ended" in line for line in running.lines) >= 5, timeout=15, what="five deaths")
    assert running.hopeless is None


def test_a_moment_in_which_no_process_is_to_be_had_passes(run: Run, wait_until: WaitUntil, tmp_path: Path) -> None:
    """As under memory pressure; here the folder to start in is away."""
    running = run(web=SLEEPS)
    running.supervisor.settled.set()
    first = wait_until(lambda: running.pid("web"))
    folder = tmp_path / "a folder"
    folder.rename(tmp_path / "elsewhere")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: any("cannot be started" in line for line in running.lines), what="no process")
    (tmp_path / "elsewhere").rename(folder)
    wait_until(lambda: running.pid("web") not in {first, None}, what="another process")
