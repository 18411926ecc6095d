"""The end of processes whose end is not what a test is about."""

from __future__ import annotations

import subprocess
from contextlib import suppress

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
