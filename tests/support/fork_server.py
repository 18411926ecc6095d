"""A Python that has loaded what the product's processes load, and forks one where a test would start one.

`python -m tests.support.fork_server CHANNEL KIND` serves until the socket with the descriptor CHANNEL is closed. An
order is the command line, the folder and the environment as JSON, with the three standard streams; `forks` gives it.
The child then runs the program as Python would, as `__main__`, from nothing but its order. It is forked twice: the
one in between dies at once, and so the child is adopted by whoever ordered it.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
from dataclasses import dataclass
from os import fork, waitpid  # before gevent puts its own in their place
from pathlib import Path
from typing import Any

WEB, OTHERS, FAKES = "web", "others", "fakes"
ORDER_BYTES = 128 * 1024
_PR_SET_NAME = 15
_MASTER = ("gunicorn.app.wsgiapp", "aiadmin.edge.worker", "aiadmin.gunicorn_log")
"""What gunicorn has loaded before it forks the process that serves."""
_OTHERS = (
    "aiadmin.cli",
    "aiadmin.pairing.process_main",
    "aiadmin.sessions_process",
    "jobs.clock",
    "tests.support.hosts",
)
_FAKES = (
    "argparse",
    "tests.fakes.whatsapp.control",
    "tests.fakes.whatsapp.overlay",
    "tests.fakes.whatsapp.server",
    "tests.fakes.yclients.salon.filling",
    "tests.fakes.yclients.server",
)
"""What their `__main__` imports: that itself is run, and Python warns of one that is loaded before."""
_FIRST = {WEB: _MASTER, OTHERS: _OTHERS, FAKES: _FAKES}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One process to be.

    Attributes:
        arguments: what follows `python` on its command line: a script, `-m` and a module or `-c` and a program, and
            their words.
        folder: where it runs.
        environment: all of it.
        ignores_interrupt: whether it is started as one that ignores SIGINT, as whatever runs in the background does.
        title: its name in lists of processes, where it needs one.
        is_supervised: it leads a session of its own, and is interrupted when its parent dies.
    """

    arguments: list[str]
    folder: str
    environment: dict[str, str]
    ignores_interrupt: bool
    title: str | None = None
    is_supervised: bool = False


def load(kind: str) -> None:
    """Import all that processes of this kind do, but not the WhatsApp library: no fork keeps its threads."""
    gc.disable()
    for name in _FIRST[kind]:
        importlib.import_module(name)
    if kind == WEB:
        _load_web()
    elif kind == FAKES:
        _load_fakes()
    else:
        importlib.import_module("jobs.worker").preload()
    gc.collect()
    gc.freeze()
    gc.enable()
    assert_alone()
    assert not sys.modules.keys() & {"neonize", "wsgi"}, "one starts threads, the other reads the environment"


def assert_alone() -> None:
    """No library has begun a thread: a fork would not have it."""
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads cannot fork"


def _load_web() -> None:
    """In the order of gunicorn's worker: patched first. Each process makes its own hub; ours was for an import."""
    gevent = importlib.import_module("gevent")
    importlib.import_module("gevent.monkey").patch_all()
    importlib.import_module("aiadmin.web")
    importlib.import_module("aiadmin.container").load()
    gevent.get_hub().destroy(destroy_loop=True)


def _load_fakes() -> None:
    """With the patterns of YClients' paths and WhatsApp's tables of words: half of what their starts cost."""
    server = importlib.import_module("tests.fakes.yclients.server")
    settings = importlib.import_module("tests.fakes.yclients.settings").Settings()
    server.make_app(server.make_world(1, "", "", settings))
    node = importlib.import_module("tests.fakes.whatsapp.node")
    importlib.import_module("tests.fakes.whatsapp.binary").encode(node.Node("warm"))


def serve(channel: socket.socket) -> Order | None:
    """Fork for each order; returns it in the child, and None in the server when there are no more."""
    while True:
        message, streams, _, _ = socket.recv_fds(channel, ORDER_BYTES, 3)
        if not message:
            return None
        gate, opener = os.pipe()
        between = fork()
        if not between:
            os.close(opener)
            if child := fork():
                channel.send(str(child).encode())
                os._exit(0)
            os.read(gate, 1)  # nothing comes: it is shut when we are adopted
            _take(streams, channel)
            return Order(**json.loads(message))
        waitpid(between, 0)
        for descriptor in (gate, opener, *streams):
            os.close(descriptor)
        channel.send(b"adopted")


def _take(streams: list[int], channel: socket.socket) -> None:
    """Have these as standard streams, and no other descriptor."""
    last = max(channel.detach(), *streams) + 2
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, last)


def become(order: Order, where: list[str]) -> None:
    """Run this program, as if Python had just been started for it.

    Args:
        order: the program.
        where: what `installed` says.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN if order.ignores_interrupt else signal.default_int_handler)
    if order.is_supervised:
        os.setsid()
        importlib.import_module("aiadmin.adapters.embedded.server").die_with_parent()
    if order.title is not None:
        ctypes.CDLL(None).prctl(_PR_SET_NAME, order.title.encode())
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    sys.orig_argv[1:] = order.arguments
    found = [path for path in order.environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    first, *words = order.arguments
    if first == "-m":
        module, *words = words
        sys.argv[:] = ["-m", *words]
        sys.path[:] = [order.folder, *found, *where]
        sys.modules.pop(module, None)
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    elif first == "-c":
        program, *words = words
        sys.argv[:] = ["-c", *words]
        sys.path[:] = ["", *found, *where]
        exec(program, vars(importlib.import_module("__main__")))  # noqa: S102 the order is ours
    else:
        sys.argv[:] = order.arguments
        sys.path[:] = [str(Path(first).resolve().parent), *found, *where]
        runpy.run_path(first, run_name="__main__")


def installed() -> list[str]:
    """Where this Python finds what is installed, itself included; before anything changes its path."""
    own = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return sys.path[1 + len(own) :]


def _main(descriptor: str, kind: str) -> tuple[Order | None, Any]:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run's end closes the channel
    with socket.socket(fileno=int(descriptor)) as channel:
        where = installed()
        load(kind)
        return serve(channel), where


if __name__ == "__main__":
    ordered, paths = _main(*sys.argv[1:])
    if ordered is not None:
        become(ordered, paths)
