"""`python -m aiadmin` with `up` forking the processes that it runs: a start of the product costs a third.

Only those that are Python programs of ours and load no other library of threads: gunicorn has to be patched before
anything is loaded, and so it is started. Where this program itself was started and not forked, all of them are.
"""

from __future__ import annotations

import os
import runpy
import shlex
import signal
import socket
import subprocess
import sys

import psutil

from aiadmin.adapters.whatsapp import library
from aiadmin.cli.supervisor import Supervisor
from tests.support import fork_server
from tests.support.forked import Forked, Forker
from tests.support.processes import AS_INSTALLED

PROGRAM = ["python", "worker.py"]
_TITLES = {"jobs": "worker"}
"""The Procfile's name of a process, where its role has another."""
_start = Supervisor._spawn


def _serve_forks() -> Forker:
    """A fork server that ends with us; we have no threads yet."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if fork_server.fork():
        theirs.close()
        return Forker(ours)
    ours.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    where = fork_server.installed()
    order = fork_server.serve(theirs)
    if order is None:
        os._exit(0)
    fork_server.become(order, where)
    sys.exit()


def _spawn_by(forker: Forker, supervisor: Supervisor, command: str) -> subprocess.Popen[bytes]:
    words = shlex.split(command)
    if words[:2] != PROGRAM:
        return _start(supervisor, command)
    return Forked(
        forker,
        words[1:],
        how={"title": _TITLES.get(words[-1], words[-1]), "is_supervised": True},
        cwd=supervisor.cwd,
        env={**supervisor.env, **library.ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _show_fakes_their_packages() -> None:
    """What `demo` starts beside the product is served by packages of development."""
    found = os.environ["PYTHONPATH"].split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in found if path != AS_INSTALLED["PYTHONPATH"])


def main() -> None:
    """Run the words of the command line."""
    if "tests.support.fork_server" in psutil.Process().cmdline():
        forker = _serve_forks()
        Supervisor._spawn = lambda supervisor, command: _spawn_by(forker, supervisor, command)  # type: ignore[method-assign]
    if sys.argv[1:2] == ["demo"]:
        _show_fakes_their_packages()
    runpy.run_module("aiadmin", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
