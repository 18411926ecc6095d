"""The processes that a test has started, and their end where that is not what the test is about."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import psutil

_GONE_WITHIN = 15.0

AS_INSTALLED: Mapping[str, str] = MappingProxyType({"PYTHONPATH": str(Path(__file__).with_name("installed"))})
"""For the environment of a process of the product: it finds no package that only development installs."""


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


def children() -> set[int]:
    """The process ids of all that this process has started; what those have started is below them, or nobody's."""
    threads = Path(f"/proc/{os.getpid()}/task")
    if not (threads / str(os.getpid()) / "children").exists():
        return {child.pid for child in psutil.Process().children()}
    found: set[int] = set()
    for thread in threads.iterdir():  # the kernel's own lists: psutil reads every process of the machine to find ours
        with suppress(OSError):
            found.update(map(int, (thread / "children").read_bytes().split()))
    return found
