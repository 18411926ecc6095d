"""xdist's workers, forked from one process that has collected what they run.

To import all tests costs four seconds of processor time, and ten where nothing is compiled yet: so it is done once,
and not by every worker. Each finds all modules there, and the names of all tests: see `collected`.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from execnet import gateway_io
from execnet.gateway_base import Popen2IO

from tests.support import fork_server
from tests.support.collected import Names
from tests.support.forked import Forked, ForkServer


def fork_workers(arguments: Sequence[str]) -> None:
    """From now on xdist forks the workers that it would start; `arguments` of pytest say what they will run."""
    server = ForkServer("-m", __name__, words=[str(Path.cwd()), *arguments], environment=os.environ)

    class ForkedIO(gateway_io.Popen2IOMaster):  # type: ignore[misc]
        def __init__(self, args: Sequence[str], execmodel: Any) -> None:
            program, pipe = args[args.index("-c") :], subprocess.PIPE
            self.popen = Forked(server, program, cwd=Path.cwd(), env=os.environ, stdin=pipe, stdout=pipe)
            Popen2IO.__init__(self, self.popen.stdin, self.popen.stdout, execmodel=execmodel)

    gateway_io.Popen2IOMaster = ForkedIO


def _serve(descriptor: str, folder: str, *arguments: str) -> fork_server.Order | None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run's end closes the channel
    with socket.socket(fileno=int(descriptor)) as channel:
        os.chdir(folder)
        pytest.main([*arguments, "--numprocesses=0", "--collect-only", "-qq"], plugins=[Names()])
        importlib.import_module("jobs.worker").preload()
        gc.collect()
        gc.freeze()
        sys.stdout.flush()  # or every fork would say it
        fork_server.assert_alone()
        return fork_server.serve(channel)


if __name__ == "__main__":
    found = sys.path[1:]
    ordered = _serve(*sys.argv[1:])
    if ordered is not None:
        fork_server.become(ordered, found)
