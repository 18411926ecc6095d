"""The pairing process itself: it must never outlive its purpose, and its coordinator must never load the library."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from aiadmin.adapters.embedded import free_port
from aiadmin.domain.hosting import session_event as event
from aiadmin.pairing.process import PairingProcess, ProcessEvent
from aiadmin.pairing.process_main import failure_of
from tests.conftest import WaitUntil
from tests.support.page import ROOT

Said = queue.SimpleQueue[ProcessEvent]


@pytest.fixture
def said() -> Said:
    return queue.SimpleQueue()


@pytest.fixture
def process(said: Said) -> Iterator[PairingProcess]:
    running = PairingProcess(1, said, os.environ)
    yield running
    running.kill()
    running.join(30)


@pytest.mark.process
def test_a_process_ends_when_its_coordinator_lets_go(process: PairingProcess, said: Said) -> None:
    process.close()
    assert said.get(timeout=30) == ProcessEvent(1, None)
    assert not psutil.pid_exists(process.pid)


DESK = """
import os, queue
from aiadmin.pairing.process import PairingProcess
print(PairingProcess(1, queue.SimpleQueue(), os.environ).pid, flush=True)
input()
"""


@pytest.mark.process
def test_a_process_ends_with_its_coordinator_even_if_its_pipe_is_held_open(wait_until: WaitUntil) -> None:
    """A coordinator that is killed at once must not leave a process that never learns who its parent was."""
    coordinator = subprocess.Popen(
        [sys.executable, "-c", DESK], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert coordinator.stdin is not None
    assert coordinator.stdout is not None
    with coordinator.stdin, coordinator.stdout:
        process = psutil.Process(int(coordinator.stdout.readline()))
        held = os.open(f"/proc/{process.pid}/fd/0", os.O_WRONLY)
        coordinator.send_signal(signal.SIGKILL)
        coordinator.wait(30)
        wait_until(
            lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, what="the process ends"
        )
        os.close(held)


@pytest.mark.process
def test_a_process_that_cannot_reach_anything_says_so_and_goes_on(process: PairingProcess, said: Said) -> None:
    """Neither PostgreSQL nor WhatsApp is there: a failure, not a crash."""
    nowhere = f"postgres://nobody@127.0.0.1:{free_port()}/none?sslmode=disable&connect_timeout=2"
    for session in ("one", "two"):
        process.send(do="start", session=session, dsn=nowhere)
        facts = first(said, "failed")
        assert (facts["session"], facts["reason"]) == (session, "ended")


def first(said: Said, kind: str) -> dict[str, str]:
    """The first event of this kind."""
    while True:
        facts = said.get(timeout=30).facts
        assert facts is not None, "the process has ended"
        if facts["event"] == kind:
            return facts


@pytest.mark.process
def test_a_command_to_a_dead_process_is_no_error(process: PairingProcess, said: Said) -> None:
    process.kill()
    assert process.join(30)
    process.send(do="stop", session="one")


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (event.LoginStatus(text="success"), None),
        (event.LoginStatus(text="timeout"), "ran-out"),
        (event.LoginStatus(text="passkey-request"), "passkey"),
        (event.LoginStatus(text="err-client-outdated"), "outdated"),
        (event.LoginStatus(text="something new"), "pairing"),
        (event.PairFailed(error="bad"), "pairing"),
        (event.LoggedOut(reason="logged_out"), "logged-out"),
        (event.ClientOutdated(), "outdated"),
        (event.Disconnected(), None),
    ],
)
def test_what_ends_a_pairing_and_why(what: event.SessionEvent, reason: str | None) -> None:
    assert failure_of(what) == reason


@pytest.mark.process
def test_the_coordinator_does_not_load_the_library() -> None:
    """It lives beside the host, but what pairs must be free to die."""
    asked = (
        "import json, sys, aiadmin.pairing.coordinator; print(json.dumps([m for m in sys.modules if 'neonize' in m]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert json.loads(answer.stdout) == []
