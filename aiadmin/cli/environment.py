"""The environment that `up` gives every process: given settings, embedded servers, generated secrets."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from aiadmin.adapters import embedded
from aiadmin.cli.home import Home
from aiadmin.config import FOREIGN_NAMES, Config

_STOP_SECONDS = 1.5


def environment(home: Home, overrides: Mapping[str, str]) -> dict[str, str]:
    """What every process of this run gets, as far as it is known before any server runs.

    Args:
        overrides: settings that win over the environment. What nobody reads is left out: `up` has warned of it once.
    """
    given = {name: value for name, value in os.environ.items() if name not in FOREIGN_NAMES}
    env = {name: value for name, value in given.items() if value} | dict(overrides)
    env = _defaults(env.get("PORT", "3000")) | env
    if env["APP_ENV"] == "development":
        env = home.secrets() | env
    own_programs = str(Path(sys.executable).parent)
    return env | {"PATH": f"{own_programs}{os.pathsep}{env.get('PATH', os.defpath)}"}


def _defaults(port: str) -> dict[str, str]:
    """Only this machine can reach what `up` runs, unless BIND_HOST says otherwise."""
    return {
        "APP_ENV": "development",
        "BIND_HOST": "127.0.0.1",
        "PORT": port,
        "PUBLIC_URL": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def check(env: Mapping[str, str]) -> None:
    """Find wrong settings before anything is started for them.

    Raises:
        ConfigError: a setting is missing or wrong.
        click.ClickException: somebody listens on the port.
    """
    soon = {"DATABASE_URL": "postgresql://soon", "REDIS_URL": "redis://soon"}
    port = Config.from_env(soon | dict(env)).port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((env["BIND_HOST"], port))
        except OSError as error:
            advice = f"set PORT to another, as in PORT={port + 1} make run"
            raise click.ClickException(f"port {port} is not free ({error.strerror}): {advice}") from error


def with_servers(env: Mapping[str, str], home: Home, servers: contextlib.ExitStack) -> dict[str, str]:
    """`env` with the addresses of PostgreSQL and Redis; what is started for it stops when `servers` closes."""
    urls = {}
    if "DATABASE_URL" not in env:
        urls["DATABASE_URL"] = servers.enter_context(_running(embedded.start_postgres(home.path / "postgres")))
    if "REDIS_URL" not in env:
        urls["REDIS_URL"] = servers.enter_context(_running(embedded.start_valkey(home.path / "valkey")))
    return {**env, **urls}


@contextlib.contextmanager
def _running(server: embedded.EmbeddedServer) -> Iterator[str]:
    try:
        yield server.url
    finally:
        server.stop(_STOP_SECONDS)
