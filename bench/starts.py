"""What the start of each process costs: the processor time until all that it needs is loaded."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from aiadmin.adapters import embedded
from bench.databases import make_database
from bench.tables import table
from tests.support.processes import AS_INSTALLED

ROUNDS = 5
_LOADED = "; import os; os._exit(0)"
COMMANDS: Mapping[str, list[str]] = {
    "Python alone": ["-c", "pass"],
    "python -m aiadmin --help": ["-m", "aiadmin", "--help"],
    "python -m aiadmin migrate, nothing to do": ["-m", "aiadmin", "migrate"],
    "python -m aiadmin companies list": ["-m", "aiadmin", "companies", "list"],
    "up, before it starts anything": ["-c", f"import gc; gc.disable(); import aiadmin.cli.up{_LOADED}"],
    "web, a gunicorn worker": ["-c", f"import wsgi{_LOADED}"],
    "worker": ["-c", f"import gc; gc.disable(); from jobs import worker; worker.preload(){_LOADED}"],
    "clock": ["-c", f"import gc; gc.disable(); from jobs import clock{_LOADED}"],
    "sessions, without the WhatsApp library": [
        "-c",
        f"import gc; gc.disable(); import aiadmin.sessions_process{_LOADED}",
    ],
}


def measure(folder: Path) -> str:
    """Start each in turn, so that what else the machine does falls on all of them; half of the starts cost less."""
    postgres = embedded.start_postgres(folder / "starts-postgres")
    try:
        url = make_database(postgres.url, "starts")
        environment = _environment(url)
        costs: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for _ in range(ROUNDS):
            for name, words in COMMANDS.items():
                costs[name].append(_cost(words, environment))
    finally:
        postgres.stop()
    rows = [[name, f"{statistics.median(taken):.2f} s", f"{min(taken):.2f} s"] for name, taken in costs.items()]
    return table("Processor time of a start", ["what", "half", "least"], rows)


def _environment(database_url: str) -> dict[str, str]:
    servers = {"DATABASE_URL": database_url, "REDIS_URL": "redis://127.0.0.1:1/0", "JWT_SECRET": "j" * 32}
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | AS_INSTALLED | {"NEONIZE_BOT_TAG": "off"} | servers


def _cost(words: list[str], environment: Mapping[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *words], env=dict(environment), stdout=subprocess.DEVNULL, check=True, timeout=120
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
