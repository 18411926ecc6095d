"""A process that writes down, as JSON, all that its start has given it; what it is told to do after that, it does."""

from __future__ import annotations

import atexit
import gc
import json
import os
import random
import signal
import sys
import threading
from pathlib import Path
from typing import Any


def portrait() -> dict[str, Any]:
    """What a program can see of how it was started."""
    return {
        "name": __name__,
        "file": __file__,
        "argv": sys.argv,
        "orig_argv": sys.orig_argv[1:],
        "path": sys.path,
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "descriptors": _descriptors(),
        "parent": os.getppid(),
        "group": os.getpgrp(),
        "session": os.getsid(0),
        "handlers": {
            number.name: str(_handler(number)) for number in sorted(signal.valid_signals() & set(signal.Signals))
        },
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "threads": threading.active_count(),
        "tasks": len(list(Path("/proc/self/task").iterdir())),
        "collects": gc.isenabled(),
        "flags": list(sys.flags),
        "mask": os.umask(0o022),
        "encodings": [stream.encoding for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "buffered": [stream.line_buffering for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "has library": "neonize" in sys.modules,
    }


def _descriptors() -> list[str]:
    own = Path("/proc/self/fd")
    return [open_.name for open_ in own.iterdir() if int(open_.name) > 2 and open_.exists()]


def _handler(number: signal.Signals) -> Any:
    handler = signal.getsignal(number)
    return getattr(handler, "__qualname__", handler)


def main(ending: str) -> None:
    """Tell, read what is said, and end in this way."""
    print(json.dumps(portrait() | {"heard": sys.stdin.read(), "drawn": random.random()}))  # noqa: S311
    atexit.register(print, "the end")
    if ending == "raises":
        raise ValueError("as asked")
    if ending == "waits":
        sys.stdout.flush()
        signal.pause()
    sys.exit(int(ending))


if __name__ == "__main__":
    main(sys.argv[1])
