"""The processes that a test has started, and their end where that is not what the test is about."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import psutil

from tests.support.fork_server import FAKES, OTHERS, WEB
from tests.support.forked import Forked, ForkServer

_GONE_WITHIN = 15.0
_READ_AT_THE_START = ("PYTHON", "LD_", "GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK", "RQ_")
"""Variables that Python, Go, the loader or RQ read once, before a forked process has its own; PYTHONPATH we heed."""

AS_INSTALLED: Mapping[str, str] = MappingProxyType({"PYTHONPATH": str(Path(__file__).with_name("installed"))})
"""For the environment of a process of the product: it finds no package that only development installs."""

_KEPT = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE"})
"""Of our environment; with no locale in it Python sets the last one, and reads files as UTF-8 by that."""

Stream = IO[bytes] | int | None
_forking = {"is_allowed": False}
_fork_servers: dict[str, ForkServer] = {}


def allow_forking() -> None:
    """From now on `start` forks where it can; otherwise, as in benchmarks, every start is a real one."""
    _forking["is_allowed"] = sys.platform == "linux"


def start(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    stdin: Stream = None,
    stdout: Stream = None,
    stderr: Stream = None,
    text: bool = False,
) -> subprocess.Popen[Any]:
    """`python ARGUMENTS` as a process whose start is not what the test is about; the rest is as for `Popen`.

    It is forked from a process that has loaded the product: a tenth of a second of processor time, not one or more.
    `pytest --real-starts` has each start be a real one, and so have variables that only a real one can heed.
    """
    options = {"cwd": cwd, "env": env, "stdin": stdin, "stdout": stdout, "stderr": stderr, "text": text}
    if _forking["is_allowed"] and _can_be_forked(env):
        server = _fork_server(WEB if arguments[:2] == ("-m", "gunicorn") else OTHERS)
        return Forked(server, arguments, **options)
    return subprocess.Popen([sys.executable, *arguments], **options)


def start_fake(*arguments: str, cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """`python ARGUMENTS`, a fake neighbour of the product that says on its standard output where it listens.

    It is forked as `start` does it, from a process that finds the packages of development: the fakes need them.
    """
    options: dict[str, Any] = {"cwd": cwd, "env": env, "stdout": subprocess.PIPE, "text": True}
    if _forking["is_allowed"] and _is_heeded(env):
        return Forked(_fork_server(FAKES), arguments, **options)
    return subprocess.Popen([sys.executable, *arguments], **options)


def _can_be_forked(env: Mapping[str, str]) -> bool:
    is_as_installed = AS_INSTALLED["PYTHONPATH"] in env.get("PYTHONPATH", "").split(os.pathsep)
    return is_as_installed and _is_heeded(env)


def _is_heeded(env: Mapping[str, str]) -> bool:
    """Whether a forked process does as all of these variables say."""
    return not any(name.startswith(_READ_AT_THE_START) for name in env if name != "PYTHONPATH")


def _fork_server(kind: str) -> ForkServer:
    if kind not in _fork_servers:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE"}
        }
        environment = kept | ({} if kind == FAKES else {**AS_INSTALLED, "NEONIZE_BOT_TAG": "off"})
        _fork_servers[kind] = ForkServer("-m", "tests.support.fork_server", words=[kind], environment=environment)
    return _fork_servers[kind]


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
    """The process ids of all that this process has started; what those have started is below them, or nobody's.

    The fork servers are not among them: they last as long as this process.
    """
    return _children() - {server.pid for server in _fork_servers.values()}


def _children() -> set[int]:
    threads = Path(f"/proc/{os.getpid()}/task")
    if not (threads / str(os.getpid()) / "children").exists():
        return {child.pid for child in psutil.Process().children()}
    found: set[int] = set()
    for thread in threads.iterdir():  # the kernel's own lists: psutil reads every process of the machine to find ours
        with suppress(OSError):
            found.update(map(int, (thread / "children").read_bytes().split()))
    return found
