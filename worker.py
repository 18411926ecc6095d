"""The background processes: `python worker.py jobs | clock | sessions`. Only `sessions` ever loads neonize."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from aiadmin import logs
from aiadmin.config import Config, ConfigError

_ROLES = {"jobs": "worker", "clock": "clock", "sessions": "sessions"}
"""Our word for each, and the name in its log."""


def main(arguments: Sequence[str]) -> int:
    """Run one process until it is told to stop; the exit code."""
    role = arguments[0] if len(arguments) == 1 else ""
    if role not in _ROLES:
        sys.stderr.write(f"usage: python worker.py {' | '.join(_ROLES)}\n")
        return 2
    try:
        config = Config.from_env(os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    logs.configure(config, _ROLES[role])
    logs.warn_of_foreign_settings(os.environ)
    _run(role, config)
    return 0


def _run(role: str, config: Config) -> None:
    if role == "jobs":
        from jobs.worker import main as run_jobs

        run_jobs(config)
    elif role == "clock":
        from jobs.clock import main as run_clock

        run_clock()
    else:
        from aiadmin.adapters.whatsapp import library

        library.ensure_environment()  # starts this process again: before the heavy imports, not after
        from aiadmin.hosting.worker import main as run_sessions

        run_sessions(config)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
