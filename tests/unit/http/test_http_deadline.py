"""The one thread that watches the deadlines of all HTTP calls of a process."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from aiadmin.adapters import http_deadline
from aiadmin.adapters.http_deadline import bounded_session, within
from tests.conftest import WaitUntil

_ASK = """
import os, socket, time
from aiadmin.adapters.http_deadline import bounded_session, within

def ask():
    silent = socket.create_server(("127.0.0.1", 0))
    started = time.monotonic()
    try:
        with within(0.3), bounded_session() as session:
            session.get(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=20)
    except OSError:
        print("cut off" if time.monotonic() - started < 5 else "late", flush=True)
"""
_IN_THREADS = f"{_ASK}\nask()"
_IN_GREENLETS = f"from gevent import monkey; monkey.patch_all()\n{_IN_THREADS}"
_IN_A_FORK = f"""{_ASK}
with within(60):  # so that the parent's thread runs
    child = os.fork()
    if child == 0:
        ask()
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def _seconds_of(url: str, deadline: float) -> float:
    started = time.monotonic()
    with pytest.raises(requests.ConnectionError), within(deadline), bounded_session() as session:
        session.get(url, timeout=20)
    return time.monotonic() - started


def test_a_shorter_deadline_than_those_that_are_watched_is_kept(silent: str) -> None:
    with within(60):
        taken: list[float] = []
        other = threading.Thread(target=lambda: taken.append(_seconds_of(silent, 0.2)))
        other.start()
        other.join(30)
    assert taken
    assert 0.2 <= taken[0] < 20


@pytest.mark.slow
def test_calls_of_many_threads_have_one_watchdog_that_ends_after_them(
    silent: str, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchdog = http_deadline._Watchdog()
    monkeypatch.setattr(http_deadline, "_watchdog", watchdog)
    others = set(threading.enumerate())
    taken: list[float] = []
    calls = [
        threading.Thread(target=lambda seconds=number / 10: taken.append(_seconds_of(silent, seconds)))
        for number in (20, 12, 16, 14, 18)
    ]
    for call in calls:
        call.start()
    wait_until(lambda: len(watchdog._calls) == len(calls), what="all calls")
    assert len(set(threading.enumerate()) - others - set(calls)) == 1
    for call in calls:
        call.join(30)
    assert len(taken) == len(calls)
    assert max(taken) < 15
    wait_until(lambda: not watchdog._is_running, what="its end")


def test_a_call_that_is_done_is_not_cut_off_later(silent: str) -> None:
    with within(0.05):
        pass
    with within(20), pytest.raises(requests.Timeout), bounded_session() as session:
        session.get(silent, timeout=0.2)


def test_what_is_connected_after_the_deadline_is_cut_off_too(silent: str, wait_until: WaitUntil) -> None:
    """Connecting has a timeout of its own, which may end behind the call's."""
    host, port = silent.removeprefix("http://").rstrip("/").split(":")
    with suppress(TimeoutError), within(0.01), socket.create_connection((host, int(port))) as line:
        wait_until(lambda: http_deadline._here.call.is_cut, what="the deadline")
        http_deadline._hold(line)
        line.settimeout(5)
        received = line.recv(1)
    assert received == b""


@pytest.mark.parametrize("program", [_IN_THREADS, _IN_GREENLETS, _IN_A_FORK], ids=["threads", "greenlets", "a fork"])
def test_a_call_is_cut_off_in_every_kind_of_process(program: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert ran.stdout == "cut off\n"
