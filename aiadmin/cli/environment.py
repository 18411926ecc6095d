"""The environment that `up` gives every process: given settings, embedded servers, generated secrets."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click

from aiadmin.adapters import embedded
from aiadmin.cli.home import Home
from aiadmin.cli.keeper import ServerKeeper
from aiadmin.config import FOREIGN_NAMES, Config


def environment(home: Home, overrides: Mapping[str, str]) -> dict[str, str]:
    """What every process of this run gets, as far as it is known before any server runs.

    Args:
        overrides: settings that win over the environment. What is not read is left out: `up` has warned of it once.
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


def check(env: Mapping[str, str]) -> Config:
    """Find wrong settings before anything is started for them; the settings, as far as they are known.

    Raises:
        ConfigError: a setting is missing or wrong.
        click.ClickException: another process listens on the port.
    """
    soon = {"DATABASE_URL": "postgresql://soon", "REDIS_URL": "redis://soon"}
    config = Config.from_env(soon | dict(env))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((env["BIND_HOST"], config.port))
        except OSError as error:
            advice = f"set PORT to another, as in PORT={config.port + 1} make run"
            raise click.ClickException(f"port {config.port} is not free ({error.strerror}): {advice}") from error
    return config


def with_servers(env: Mapping[str, str], home: Home, keeper: ServerKeeper) -> dict[str, str]:
    """`env` with the addresses of PostgreSQL and Redis; the keeper starts and tends those that it does not name.

    Raises:
        click.ClickException: one of them does not start.
    """
    urls = {}
    if "DATABASE_URL" not in env:
        urls["DATABASE_URL"] = keeper.keep("postgres", partial(embedded.start_postgres, home.path / "postgres"))
    if "REDIS_URL" not in env:
        urls["REDIS_URL"] = keeper.keep("valkey", partial(embedded.start_valkey, home.path / "valkey"))
    return {**env, **urls}
