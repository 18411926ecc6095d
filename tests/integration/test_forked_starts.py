"""A forked start against a real one: a program must not be able to tell them apart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import ROOT, WaitUntil
from tests.support import forked, processes
from tests.support.processes import AS_INSTALLED

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("forking")]

SCRIPT = str(ROOT / "tests" / "support" / "portrait.py")
LINE = "import sys; from tests.support import portrait; portrait.main(sys.argv[1])"
PROGRAMS = [("-m", "tests.support.portrait"), (SCRIPT,), ("-c", LINE)]
Start = Callable[..., "subprocess.Popen[Any]"]


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also under `--real-starts`."""
    monkeypatch.setitem(processes._forking, "is_allowed", True)


def _environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_CTYPE": "C.UTF-8", **AS_INSTALLED, "OWN": "значение", **more}


def _really(*arguments: str, **options: Any) -> subprocess.Popen[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(processes._forking, "is_allowed", False)
        return processes.start(*arguments, **options)


def _told(begin: Start, *arguments: str, cwd: Path) -> dict[str, Any]:
    process = begin(*arguments, cwd=cwd, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    said, _ = process.communicate("привет", timeout=20)
    assert process.returncode == 3
    first, last = said.splitlines()
    assert last == "the end"
    told: dict[str, Any] = json.loads(first)
    return told


@pytest.mark.parametrize("program", PROGRAMS, ids=["module", "script", "line"])
def test_a_forked_program_is_given_what_a_started_one_is(program: tuple[str, ...]) -> None:
    started, one, other = (
        _told(begin, *program, "3", cwd=ROOT) for begin in (_really, processes.start, processes.start)
    )
    assert started["parent"] == os.getpid()
    assert len({told.pop("drawn") for told in (started, one, other)}) == 3, "each has its own chance"
    assert one == other == started


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler])
def test_it_ignores_an_interrupt_where_a_started_one_does(handler: Any) -> None:
    """A run in the background ignores it, and a library may have set it since the fork server began."""
    former = signal.signal(signal.SIGINT, handler)
    try:
        told = [_told(begin, SCRIPT, "3", cwd=ROOT)["handlers"] for begin in (_really, processes.start)]
    finally:
        signal.signal(signal.SIGINT, former)
    assert told[0] == told[1]
    assert (told[0]["SIGINT"] == "1") == (handler is signal.SIG_IGN)


def test_a_gevent_master_has_nothing_open_of_its_fork_server(tmp_path: Path) -> None:
    server = processes._fork_server("web")
    process = forked.Forked(
        server, [SCRIPT, "3"], cwd=tmp_path, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    said, _ = process.communicate(timeout=20)
    told = json.loads(said.splitlines()[0])
    assert (told["descriptors"], told["tasks"], told["folder"]) == ([], 1, str(tmp_path))
    assert process.returncode == 3


def test_it_ends_as_a_started_one_does() -> None:
    ended = {}
    for begin in (_really, processes.start):
        process = begin(
            SCRIPT,
            "raises",
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        said, cried = process.communicate(timeout=20)
        ended[begin] = (process.returncode, said.splitlines()[1:], cried.splitlines()[-1])
    assert ended[_really] == ended[processes.start] == (1, ["the end"], "ValueError: as asked")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it_and_its_end_is_told(number: signal.Signals, tmp_path: Path, wait_until: WaitUntil) -> None:
    with (tmp_path / "log").open("wb") as log:
        process = processes.start(
            SCRIPT, "waits", cwd=tmp_path, env=_environment(), stdin=subprocess.DEVNULL, stdout=log
        )
    wait_until((tmp_path / "log").read_text)
    assert process.poll() is None
    assert process.pid in processes.children()
    process.send_signal(number)
    assert process.wait(30) == -number
    assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize("more", [{"PYTHONUNBUFFERED": "1"}, {"GODEBUG": "inittrace=0"}, {"PYTHONPATH": str(ROOT)}])
def test_what_only_a_real_start_can_heed_is_started(more: dict[str, str]) -> None:
    process = processes.start("-c", "raise SystemExit(4)", cwd=ROOT, env=_environment(**more))
    assert not isinstance(process, forked.Forked)
    assert process.wait(20) == 4


def test_a_supervised_one_leads_a_session_and_has_a_name_of_its_own(tmp_path: Path, wait_until: WaitUntil) -> None:
    process = forked.Forked(
        processes._fork_server("others"),
        [SCRIPT, "waits"],
        how={"title": "clock", "is_supervised": True},
        cwd=tmp_path,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    wait_until(lambda: os.getsid(process.pid) == process.pid, what="its session")
    wait_until(lambda: psutil.Process(process.pid).name() == "clock", what="its name")
    process.kill()
    assert process.wait(30) == -signal.SIGKILL
