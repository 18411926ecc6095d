"""The processes that a test has started, and their end where that is not what the test is about."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

_GONE_WITHIN = 15.0


def kill_family(process: subprocess.Popen[bytes]) -> None:
    """kill -9 `process` and all that it has started, and wait until they are gone."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process.pid)
        parent.suspend()  # it starts nothing in the place of what dies
        family = [*parent.children(recursive=True), parent]
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family, _GONE_WITHIN)
    process.wait(_GONE_WITHIN)


def descendants() -> set[int]:
    """The process ids of all that this process has started, and that those have."""
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        return {child.pid for child in psutil.Process().children(recursive=True)}
    found: set[int] = set()
    fresh = [os.getpid()]
    while fresh:  # the kernel's own lists: psutil reads every process of the machine to find ours
        children = [child for pid in fresh for child in _children(pid)]
        fresh = [child for child in children if child not in found]
        found.update(fresh)
    return found


def _children(pid: int) -> list[int]:
    """The children of each thread; none of a process that is gone."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_bytes().split())
    return found
