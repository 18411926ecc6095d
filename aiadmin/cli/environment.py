"""The environment that `up` gives every process: given settings, embedded servers, generated secrets."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from aiadmin.adapters import embedded
from aiadmin.cli.home import Home

_STOP_SECONDS = 2.0


def environment(home: Home, overrides: Mapping[str, str], servers: contextlib.ExitStack) -> dict[str, str]:
    """What every process of this run gets; what was started for it is stopped when `servers` closes.

    Args:
        overrides: settings that win over the environment.
    """
    env = {name: value for name, value in os.environ.items() if value} | dict(overrides)
    env = _defaults(env.get("PORT", "3000")) | env
    if env["APP_ENV"] == "development":
        env = home.secrets() | env
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env.get('PATH', os.defpath)}"
    if "DATABASE_URL" not in env:
        env["DATABASE_URL"] = servers.enter_context(_running(embedded.start_postgres(home.path / "postgres")))
    if "REDIS_URL" not in env:
        env["REDIS_URL"] = servers.enter_context(_running(embedded.start_valkey(home.path / "valkey")))
    return env


def _defaults(port: str) -> dict[str, str]:
    """Only this machine can reach what `up` runs, unless BIND_HOST says otherwise."""
    return {
        "APP_ENV": "development",
        "BIND_HOST": "127.0.0.1",
        "PORT": port,
        "PUBLIC_URL": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def _running(server: embedded.EmbeddedServer) -> Iterator[str]:
    try:
        yield server.url
    finally:
        server.stop(_STOP_SECONDS)
