"""The background processes: `python worker.py jobs | clock | sessions`. Only `sessions` ever loads neonize."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiadmin.config import Config

_ROLES = {"jobs": "worker", "clock": "clock", "sessions": "sessions"}
"""Our word for each, and the name in its log."""


def main(arguments: Sequence[str]) -> int:
    """Run one process until it is told to stop; the exit code."""
    role = arguments[0] if len(arguments) == 1 else ""
    if role not in _ROLES:
        sys.stderr.write(f"usage: python worker.py {' | '.join(_ROLES)}\n")
        return 2
    if role == "sessions":
        from aiadmin.adapters.whatsapp import library

        library.ensure_environment()  # starts this process again, so before all that takes time to load
    return _start(role)


def _start(role: str) -> int:
    gc.disable()  # what is loaded stays: to walk over it again and again takes a sixth of the start
    from aiadmin import logs
    from aiadmin.config import Config, ConfigError

    try:
        config = Config.from_env(os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    logs.configure(config, _ROLES[role])
    logs.warn_of_foreign_settings(os.environ)
    run = _load(role)
    gc.freeze()
    gc.enable()
    run(config)
    return 0


def _load(role: str) -> Callable[[Config], None]:
    if role == "jobs":
        from jobs import worker

        worker.preload()
        return worker.main
    if role == "clock":
        from jobs import clock

        return lambda _: clock.main()
    from aiadmin import sessions_process as sessions

    return sessions.main


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
